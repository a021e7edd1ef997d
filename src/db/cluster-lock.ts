import { createHash } from 'node:crypto';
import { Client, type Pool } from 'pg';

export interface HeldLock {
  release(): Promise<void>;
}

/**
 * Takes a lock that the whole cluster sees, for as long as this process lives; null when another has it.
 * It stands on a connection of its own, so it falls at once when the process dies, however it dies, and
 * takes nothing from the pool.
 */
export async function holdLock(pool: Pool, name: string): Promise<HeldLock | null> {
  const { password } = pool.options; // the pool hides it from a spread
  const client = new Client({
    ...pool.options,
    password,
    statement_timeout: 0,
    idle_in_transaction_session_timeout: 0,
  });
  client.on('error', () => {}); // the lock falls with the connection
  await client.connect();
  const key = createHash('sha256').update(name).digest().readBigInt64BE();
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
    key.toString(),
  ]);
  if (rows[0]?.got) return { release: () => client.end() };
  await client.end();
  return null;
}
