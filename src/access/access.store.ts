import type { ListPermission, Protected } from '../core/acl.js';
import type { Reader } from '../core/tx.js';
import type { RoleGrant } from '../grant/acl.js';
import { parentAction } from '../grant/action.js';
import { listPredicate, Params } from '../grant/list-predicate.js';
import type { Placed } from '../grant/require.js';
import type { Holding } from './access-sentence.js';

/** A role or a group: what is needed to say its name, and to judge who may know it. */
export type Head = Placed & { readonly name: string | null };

export async function findRoleHeads(reader: Reader, ids: readonly string[]): Promise<Head[]> {
  return reader.query<Head>(
    `select r.id, r.name, r.scope_id, s.parent_id as scope_parent_id
     from role r join scope s on s.id = r.scope_id where r.id = any($1::text[])`,
    [ids],
  );
}

export async function findGroupHeads(reader: Reader, ids: readonly string[]): Promise<Head[]> {
  return reader.query<Head>(
    `select g.id, g.name, g.scope_id, s.parent_id as scope_parent_id
     from iam_group g join scope s on s.id = g.scope_id where g.id = any($1::text[])`,
    [ids],
  );
}

/** Every pair of a role and a user that holds it, as itself or by a group. */
const holdings = `
  select role_id, user_id as principal_id, null::text as group_id from role_principal where user_id is not null
  union all
  select p.role_id, m.user_id, p.group_id from role_principal p join group_member m on m.group_id = p.group_id`;

/** How those users hold those roles. */
export async function findHoldings(
  reader: Reader,
  roleIds: readonly string[],
  userIds: readonly string[],
): Promise<Holding[]> {
  return reader.query<Holding>(
    `select distinct role_id, principal_id, group_id from (${holdings}) h
     where role_id = any($1::text[]) and principal_id = any($2::text[])
     order by role_id, group_id nulls first, principal_id`,
    [roleIds, userIds],
  );
}

/** The groups that hold those roles. */
export async function findHoldingGroups(
  reader: Reader,
  roleIds: readonly string[],
): Promise<{ roleId: string; groupId: string }[]> {
  return reader.query(
    'select role_id, group_id from role_principal where role_id = any($1::text[]) and group_id is not null order by 1, 2',
    [roleIds],
  );
}

/** The accounts that sign in as those users, and which of them are kept out. */
export async function findAccountsOf(
  reader: Reader,
  userIds: readonly string[],
): Promise<{ id: string; userId: string; isDisabled: boolean }[]> {
  return reader.query(
    'select id, user_id, is_disabled from account where user_id = any($1::text[]) order by id',
    [userIds],
  );
}

/**
 * The grants of all roles that speak for the scope of a thing and may be of those actions: narrowed by their text, so
 * that some are among them that are not. At most `most` of them.
 */
export async function findGrantsAbout(
  reader: Reader,
  { scopeId, parentScopeId }: Pick<Protected, 'scopeId' | 'parentScopeId'>,
  actions: readonly string[],
  most: number | null = null,
): Promise<RoleGrant[]> {
  const words = actions.map((action) => parentAction(action) ?? action);
  return reader.query<RoleGrant>(
    `select r.id as role_id, r.scope_id as role_scope_id, gs.grant_scope, g.canonical
     from role_grant_scope gs join role r on r.id = gs.role_id join role_grant g on g.role_id = r.id
     where (gs.grant_scope = $1 or (gs.grant_scope = 'this' and r.scope_id = $1)
         or (gs.grant_scope = 'children' and r.scope_id = $2) or (gs.grant_scope = 'descendants' and $1 <> 'global'))
       and (g.canonical like '{%' or strpos(g.canonical, 'actions=*') > 0
         or exists (select from unnest($3::text[]) word where strpos(lower(g.canonical), word) > 0))
     order by r.id, g.canonical, gs.grant_scope limit $4`,
    [scopeId, parentScopeId, words, most],
  );
}

/** Users among those that hold any of the roles as themselves or by a group, or are named besides. */
export interface Holders {
  /** Those that the caller may see, in the order of their names. */
  readonly ids: readonly string[];
  readonly seenCount: number;
  readonly hiddenCount: number;
}

/** Who holds any of those roles, or is one of `alsoIds`, told as far as `seen` permits; everybody is left out. */
export async function findHolders(
  reader: Reader,
  { roleIds, alsoIds }: { readonly roleIds: readonly string[]; readonly alsoIds: readonly string[] },
  { permission, callerId }: { readonly permission: ListPermission; readonly callerId: string },
  most: number,
): Promise<Holders> {
  const params = new Params();
  const [roles, also, caller] = [
    params.add(roleIds, 'text[]'),
    params.add(alsoIds, 'text[]'),
    params.add(callerId, 'text'),
  ];
  const place = { id: 'u.id', scopeId: 'u.scope_id', scopeParentId: 's.parent_id' };
  const found = `with holder as (
      select principal_id as id from (${holdings}) h where role_id = any(${roles}) union select unnest(${also})
    ), found as (
      select u.id, u.name, coalesce(${listPredicate(permission, place, params)}, false) or u.id = ${caller} as is_seen
      from holder h join iam_user u on u.id = h.id join scope s on s.id = u.scope_id
      where u.id not in ('u_anon', 'u_auth')
    )`;
  const [counts] = await reader.query<{ seen: number; hidden: number }>(
    `${found} select (count(*) filter (where is_seen))::int as seen,
       (count(*) filter (where not is_seen))::int as hidden from found`,
    params.values,
  );
  const rows = await reader.query<{ id: string }>(
    `${found} select id from found where is_seen order by name collate "C" nulls last, id limit ${params.add(most)}`,
    params.values,
  );
  return { ids: rows.map(({ id }) => id), seenCount: counts?.seen ?? 0, hiddenCount: counts?.hidden ?? 0 };
}

/** The user that an account signs in as; null where it has none. */
export async function findUserOfAccount(reader: Reader, accountId: string): Promise<string | null> {
  const [row] = await reader.query<{ userId: string | null }>('select user_id from account where id = $1', [
    accountId,
  ]);
  return row?.userId ?? null;
}

/** The scopes in which there is something that is a user's own. */
export async function findOwnPlaces(
  reader: Reader,
  userId: string,
): Promise<{ type: string; scopeId: string; parentScopeId: string | null }[]> {
  return reader.query(
    `select distinct 'session' as type, project_id as scope_id, org_id as parent_scope_id from session where user_id = $1
     union
     select 'auth-token', t.scope_id, s.parent_id
     from auth_token t join scope s on s.id = t.scope_id where t.user_id = $1`,
    [userId],
  );
}
