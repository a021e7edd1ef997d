import type { Reader } from '../core/tx.js';
import { AuthMethod } from './auth-method.entity.js';

/** An auth method as every query selects it, with whether its scope calls it primary. */
export const authMethodColumns = `m.*, s.parent_id as scope_parent_id,
  coalesce(s.primary_auth_method_id = m.id, false) as is_primary`;
export const authMethodTables = 'auth_method m join scope s on s.id = m.scope_id';

export async function findAuthMethods(reader: Reader, ids: readonly string[]): Promise<AuthMethod[]> {
  return reader.rows(
    AuthMethod,
    `select ${authMethodColumns} from ${authMethodTables} where m.id = any($1::text[])`,
    [ids],
  );
}

export async function findAuthMethod(reader: Reader, id: string): Promise<AuthMethod | null> {
  return (await findAuthMethods(reader, [id]))[0] ?? null;
}
