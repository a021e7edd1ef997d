import type { Pool, PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { Reactor } from '../../src/core/tx';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase, type Database } from '../../src/db/database';
import { entities } from '../../src/entities';
import { eventually } from './session-client';
import type { TestDatabase } from './test-database';

/** A database whose transactions can be held between two statements, so that a test says which runs when. */
export interface GatedDatabase {
  readonly database: Database;
  /** Texts of the statements that have run since the last hold, `begin` and `commit` among them. */
  readonly statements: readonly string[];
  /** Lets so many statements run and holds what comes next. */
  holdAfter(count: number): { readonly reached: Promise<void>; release(): void };
  /** True while one of its statements waits for a lock of another. */
  isBlocked(): Promise<boolean>;
  close(): Promise<void>;
}

type Query = (...given: unknown[]) => unknown;

export async function openGated(
  fixture: TestDatabase,
  name: string,
  reactors: readonly Reactor[],
): Promise<GatedDatabase> {
  const source: DataSource = await openDataSource(
    {
      ...{ url: fixture.url, poolSize: 2, statementTimeoutMs: 10_000 },
      ...{ applicationName: name, clockShift: null },
    },
    entities,
  );
  const statements: string[] = [];
  let left = Infinity;
  let hold: Promise<void> | undefined;
  let reach: () => void = () => {};
  const pool = (source.driver as unknown as { master: Pool }).master;
  const gated = new WeakSet<PoolClient>();
  const gate = (client: PoolClient): PoolClient => {
    if (gated.has(client)) return client;
    gated.add(client);
    const query = client.query.bind(client) as Query;
    const held = async (...given: unknown[]): Promise<unknown> => {
      if (left <= 0) {
        reach();
        await hold;
      }
      left -= 1;
      const [statement] = given;
      statements.push(typeof statement === 'string' ? statement : (statement as { text: string }).text);
      return query(...given);
    };
    client.query = held as unknown as PoolClient['query'];
    return client;
  };
  const connect = pool.connect.bind(pool) as (done?: unknown) => Promise<PoolClient>;
  // Reads outside transactions go through with their callback.
  pool.connect = ((done?: unknown) =>
    done === undefined ? connect().then(gate) : connect(done)) as Pool['connect'];
  return {
    database: openDatabase({
      ...{ source, reactors, onFacts: () => {} },
      guard: { check: () => Promise.resolve() },
    }),
    statements,
    holdAfter(count) {
      statements.length = 0;
      left = count;
      let release: () => void = () => {};
      hold = new Promise((resolve) => (release = resolve));
      const reached = new Promise<void>((resolve) => (reach = resolve));
      return {
        reached,
        release: () => {
          left = Infinity;
          release();
        },
      };
    },
    async isBlocked() {
      const rows = await fixture.sql(
        `select from pg_stat_activity where application_name = $1 and datname = current_database()
         and wait_event_type = 'Lock'`,
        [name],
      );
      return rows.length > 0;
    },
    close: () => source.destroy(),
  };
}

type Outcome = { readonly status: 'done' } | { readonly status: 'refused'; readonly error: unknown };

/** Work on one gated database, and before which of its statements it is held. */
export interface Runner {
  readonly on: GatedDatabase;
  readonly work: () => Promise<unknown>;
  readonly heldAfter: number;
}

/**
 * Runs two works at once: each up to the statement where it is held, or until the other's locks stop it, then the first
 * as far as it comes, then the second.
 */
export async function interleave(first: Runner, second: Runner): Promise<[Outcome, Outcome]> {
  const [one, other] = [start(first), start(second)];
  await one.stands();
  await other.stands();
  one.release();
  await one.stands();
  other.release();
  return [await one.outcome, await other.outcome];
}

function start({ on, work, heldAfter }: Runner) {
  const hold = on.holdAfter(heldAfter);
  let isReached = false;
  let isOver = false;
  void hold.reached.then(() => (isReached = true));
  const outcome = work()
    .then(
      (): Outcome => ({ status: 'done' }),
      (error: unknown): Outcome => ({ status: 'refused', error }),
    )
    .finally(() => (isOver = true));
  return {
    outcome,
    release: () => {
      isReached = false;
      hold.release();
    },
    stands: () => eventually('it to stand still', async () => isOver || isReached || (await on.isBlocked())),
  };
}
