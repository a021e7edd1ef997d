import type { Reader } from '../core/tx.js';

/** The fingerprint of the key this database belongs to; null when it has none yet. Safe before migrating. */
export async function fingerprintOf(reader: Reader): Promise<string | null> {
  const [found] = await reader.query<{ present: boolean }>(
    `select to_regclass('root_key') is not null as present`,
  );
  if (!found?.present) return null;
  const [row] = await reader.query<{ fingerprint: string }>('select fingerprint from root_key');
  return row?.fingerprint ?? null;
}

/** Ties a new database to its root key, and returns the fingerprint it is tied to: another's, when that was first. */
export async function claimFingerprint(reader: Reader, fingerprint: string): Promise<string | null> {
  await reader.query('insert into root_key (fingerprint) values ($1) on conflict do nothing', [fingerprint]);
  return fingerprintOf(reader);
}
