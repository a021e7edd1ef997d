import type { Reader } from '../core/tx.js';

const ofTokens = (where: string): string => `auth_token_ref in (select id from auth_token where ${where})`;

/** What of a session hangs on a resource that is about to go, by the type of that resource. */
const hangsOn = {
  scope: `(project_ref in (select id from scope where id = $1 or parent_id = $1)
    or user_ref in (select id from iam_user where scope_id = $1)
    or ${ofTokens('scope_id = $1')})`,
  user: 'user_ref = $1',
  'auth-method': ofTokens('auth_method_id = $1'),
  account: ofTokens('account_id = $1'),
  'auth-token': 'auth_token_ref = $1',
  'auth-tokens': 'auth_token_ref = any($1::text[])', // several at once
  'host-catalog': `(host_ref in (select id from host where host_catalog_id = $1)
    or host_set_ref in (select id from host_set where host_catalog_id = $1))`,
  'host-set': 'host_set_ref = $1',
  host: 'host_ref = $1',
  target: 'target_ref = $1',
} as const;

export type CarriesSessions = keyof typeof hangsOn;

/** The types of resources on which sessions hang. */
export const carriers = Object.keys(hangsOn) as CarriesSessions[];

/**
 * Sessions that may still be used and hang on that resource, or on those, in the order in which they are to be locked.
 */
export async function findSessionsOn(
  reader: Reader,
  type: CarriesSessions,
  id: string | readonly string[],
): Promise<string[]> {
  const rows = await reader.query<{ id: string }>(
    `select id from session where status in ('pending', 'active') and ${hangsOn[type]} order by id`,
    [id],
  );
  return rows.map((row) => row.id);
}
