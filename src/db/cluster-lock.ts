import { createHash } from 'node:crypto';
import { Client, type Pool } from 'pg';
import type { Clock, Timer } from '../core/clock.js';
import type { Log } from '../core/log.js';

export interface HeldLock {
  release(): Promise<void>;
}

export interface LockOwner {
  readonly clock: Clock;
  readonly log: Log;
  /** How often the connection that the lock stands on is asked whether it lives, in ms. */
  readonly checkMs: number;
  /** Asked when the lock had to be taken again: false when another process had its turn meanwhile. */
  readonly isStillMine?: () => Promise<boolean>;
  /** Told once, when another process has the lock. Nothing is held from then on. */
  readonly onLost: () => void;
}

const firstRetryMs = 100;
const longestRetryMs = 5000;

/**
 * Takes a lock that the whole cluster sees, for as long as this process lives; null when another has it.
 * It stands on a connection of its own, so it falls at once when the process dies, however it dies, and
 * takes nothing from the pool. When the connection is lost, the lock is taken again as soon as the database
 * can be reached; when another process was quicker, the owner is told.
 */
export async function holdLock(pool: Pool, name: string, owner: LockOwner): Promise<HeldLock | null> {
  const lock = new ClusterLock(pool, name, owner);
  return (await lock.take()) ? lock : null;
}

/** A server process of PostgreSQL: its number may come again, together with its start it does not. */
interface Backend {
  readonly pid: number;
  readonly startedAt: string;
}

class ClusterLock implements HeldLock {
  private readonly key: string;
  private client: Client | undefined;
  private backend: Backend | undefined;
  private timer: Timer | undefined;
  private retaking: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(
    private readonly pool: Pool,
    private readonly name: string,
    private readonly owner: LockOwner,
  ) {
    this.key = createHash('sha256').update(name).digest().readBigInt64BE().toString();
  }

  /** False when another process has it. `isMine` is asked before it counts as taken. */
  async take(isMine?: () => Promise<boolean>): Promise<boolean> {
    const client = this.newClient();
    try {
      await client.connect();
      const { rows } = await client.query<{ got: boolean } & Backend>(takeSql, [this.key]);
      const [found] = rows;
      if (!found?.got && (await this.isLeftBehind(client)))
        throw new Error('the connection that was lost still held the lock');
      const isTaken = found?.got === true && ((await isMine?.()) ?? true);
      if (!isTaken || this.isOver) {
        await client.end();
        return isTaken;
      }
      this.client = client;
      this.backend = found;
      this.check(client);
      return true;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  async release(): Promise<void> {
    this.isOver = true;
    this.timer?.cancel();
    await this.retaking;
    await this.client?.end();
  }

  private newClient(): Client {
    const { password } = this.pool.options; // the pool hides it from a spread
    const client = new Client({
      ...this.pool.options,
      password,
      statement_timeout: 0,
      idle_in_transaction_session_timeout: 0,
      keepAlive: true,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    return client;
  }

  // A peer that is gone without a word leaves a socket that looks alive.
  private check(client: Client): void {
    let hasAnswered = false;
    client.query('select 1').then(
      () => (hasAnswered = true),
      () => this.lose(client),
    );
    this.timer = this.owner.clock.after(this.owner.checkMs, () => {
      if (hasAnswered) this.check(client);
      else this.lose(client);
    });
  }

  private lose(client: Client): void {
    if (client !== this.client || this.isOver) return;
    this.client = undefined;
    this.timer?.cancel();
    this.owner.log.warn('the connection that holds a lock was lost; taking it again', { lock: this.name });
    void client.end().catch(() => {});
    this.retaking = this.retake(firstRetryMs);
  }

  private async retake(retryMs: number): Promise<void> {
    try {
      const isMine = await this.take(this.owner.isStillMine);
      if (this.isOver) return;
      if (isMine) return this.owner.log.info('the lock is held again', { lock: this.name });
      this.isOver = true;
      this.owner.onLost();
    } catch {
      // The database is away, or has only now noticed that the old connection is gone.
      if (this.isOver) return;
      this.timer = this.owner.clock.after(retryMs, () => {
        this.retaking = this.retake(Math.min(retryMs * 2, longestRetryMs));
      });
    }
  }

  /**
   * True when nobody else has the lock: its holder is gone by now, or is the server's end of the connection
   * that we have lost, which is then ended.
   */
  private async isLeftBehind(client: Client): Promise<boolean> {
    if (!this.backend) return false;
    const { rows } = await client.query<Backend>(holderSql, [this.key]);
    const [holder] = rows;
    if (!holder) return true;
    if (holder.pid !== this.backend.pid || holder.startedAt !== this.backend.startedAt) return false;
    await client.query('select pg_terminate_backend($1)', [holder.pid]);
    return true;
  }
}

const takeSql = `
  select pg_try_advisory_lock($1) as got, pid, backend_start::text as "startedAt"
  from pg_stat_activity where pid = pg_backend_pid()`;

const holderSql = `
  select l.pid, a.backend_start::text as "startedAt"
  from pg_locks l join pg_database d on d.oid = l.database left join pg_stat_activity a on a.pid = l.pid
  where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and d.datname = current_database()
    and (l.classid::bigint << 32 | l.objid::bigint) = $1`;
