import type { Reader, Tx } from '../core/tx.js';
import type { Placed } from '../grant/require.js';
import type { AddressPolicy } from './address-policy.rules.js';
import { Scope } from './scope.entity.js';

/** A scope as every query selects it: with the place the permission engine sees it in. */
export const scopeColumns = `s.*, coalesce(s.parent_id, 'global') as scope_id, p.parent_id as scope_parent_id`;
export const scopeTables = 'scope s left join scope p on p.id = s.parent_id';

export async function findScope(reader: Reader, id: string): Promise<Scope | null> {
  const [row] = await reader.rows(Scope, `select ${scopeColumns} from ${scopeTables} where s.id = $1`, [id]);
  return row ?? null;
}

export async function findScopes(reader: Reader, ids: readonly string[]): Promise<Scope[]> {
  return reader.rows(Scope, `select ${scopeColumns} from ${scopeTables} where s.id = any($1::text[])`, [ids]);
}

/** Those of global and of the org above a project whose address policy says something. */
export async function findBoundingScopes(reader: Reader, projectId: string): Promise<Scope[]> {
  return reader.rows(
    Scope,
    `select ${scopeColumns} from ${scopeTables}
     where s.id in ('global', (select x.parent_id from scope x where x.id = $1))
       and (s.address_allow is not null or s.address_deny is not null)
     order by s.id`,
    [projectId],
  );
}

/** The address policies of those scopes, of which only those are there that say something. */
export async function findAddressPolicies(
  reader: Reader,
  scopeIds: readonly string[],
): Promise<(AddressPolicy & { readonly scopeId: string })[]> {
  return reader.query(
    `select id as scope_id, coalesce(address_allow, '{}') as allow, coalesce(address_deny, '{}') as deny
     from scope where id = any($1::text[]) and (address_allow is not null or address_deny is not null)`,
    [scopeIds],
  );
}

/** Whether there is a scope `s` that meets the conditions, which are text of ours. */
export async function hasScopeWhere(
  reader: Reader,
  conditions: readonly string[],
  values: readonly unknown[],
): Promise<boolean> {
  const [row] = await reader.query<{ found: boolean }>(
    `select exists (select from scope s where ${conditions.join(' and ')}) as found`,
    values,
  );
  return row?.found ?? false;
}

/** Whether any of those scopes lies right below that one. */
export async function isParentOfAny(reader: Reader, id: string, ids: readonly string[]): Promise<boolean> {
  const [row] = await reader.query<{ found: boolean }>(
    'select exists (select from scope where parent_id = $1 and id = any($2::text[])) as found',
    [id, ids],
  );
  return row?.found ?? false;
}

/** Where an auth method stands that a scope is to name as its primary one; empty when there is none. */
export async function placeOfAuthMethod(reader: Reader, id: string): Promise<Placed[]> {
  return reader.query<Placed>(
    `select m.id, m.scope_id, s.parent_id as scope_parent_id
     from auth_method m join scope s on s.id = m.scope_id where m.id = $1`,
    [id],
  );
}

/** Names the auth method that signs people in unless they name another. It must be of that scope. */
export async function setPrimaryAuthMethod(tx: Tx, scopeId: string, authMethodId: string): Promise<void> {
  await tx.query('update scope set primary_auth_method_id = $2 where id = $1', [scopeId, authMethodId]);
}
