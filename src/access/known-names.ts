import type { Acl } from '../core/acl.js';
import type { ReadCtx } from '../core/ctx.js';
import { protectedRow } from '../grant/require.js';
import { locateScopes } from '../scope/read-scope.js';
import type { Names } from './access-sentence.js';
import { findGroupHeads, findRoleHeads, type Head } from './access.store.js';

/** Roles or groups that the caller may read, by their ids. */
export type Known = ReadonlyMap<string, Head>;

// Who may not read all of these would learn from an explanation what its grants keep back.
const roleParts = ['name', 'scope_id', 'grant_scope_ids', 'principal_ids', 'grant_strings'];
const groupParts = ['name', 'scope_id', 'member_ids'];

/** Those of the roles that the caller may read, with all that an explanation tells of a role. */
export async function knownRoles(ctx: ReadCtx, ids: readonly string[]): Promise<Known> {
  return knownOf(await ctx.acl(), 'role', roleParts, await findRoleHeads(ctx.tx, [...new Set(ids)]));
}

/** Those of the groups that the caller may read, with who is in them. */
export async function knownGroups(ctx: ReadCtx, ids: readonly string[]): Promise<Known> {
  return knownOf(await ctx.acl(), 'group', groupParts, await findGroupHeads(ctx.tx, [...new Set(ids)]));
}

function knownOf(acl: Acl, type: 'role' | 'group', parts: readonly string[], heads: readonly Head[]): Known {
  const isKnown = (head: Head): boolean => {
    const on = protectedRow(type, head);
    if (!acl.may('read', on)) return false;
    const fields = acl.fieldsFor('read', on);
    return fields === '*' || parts.every((part) => fields.has(part));
  };
  return new Map(heads.filter(isKnown).map((head) => [head.id, head]));
}

/** What the caller may call things in sentences: by their names where it sees them, by their ids otherwise. */
export async function namesFor(
  ctx: ReadCtx,
  { roles, groups, scopeIds, person }: NamedThings,
): Promise<Names> {
  const ids = [...new Set(scopeIds)];
  const scopes = new Map((await locateScopes(ctx, ids)).map((scope, at) => [ids[at], scope?.name ?? null]));
  return {
    role: (id) => called('role', id, roles.get(id)?.name),
    group: (id) => called('group', id, groups.get(id)?.name),
    scope: (id) =>
      id === 'global' ? id : called(id.startsWith('o_') ? 'org' : 'project', id, scopes.get(id)),
    person,
  };
}

export interface NamedThings {
  readonly roles: Known;
  readonly groups: Known;
  readonly scopeIds: readonly string[];
  readonly person: string;
}

function called(what: string, id: string, name: string | null | undefined): string {
  return name ? `${what} "${name}"` : `${what} ${id}`;
}

/** What a user is called in sentences. */
export function personWords(userId: string, name: string | null): string {
  if (userId === 'u_anon') return 'who has not signed in';
  if (userId === 'u_auth') return 'everybody who has signed in';
  return name ? `"${name}"` : userId;
}
