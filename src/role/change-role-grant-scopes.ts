import type { Ctx } from '../core/ctx.js';
import type { Failure } from '../core/failure.js';
import { cleanList, type MembersVerb } from '../core/members.js';
import { isVisible } from '../grant/require.js';
import { findScopes } from '../scope/scope.store.js';
import { changeRolePart } from './change-role-part.js';
import { giveByRole } from './given-grants.js';
import {
  addGrantScopes,
  removeGrantScopes,
  setGrantScopes,
  type GrantScopesChange,
} from './grant-scopes.rules.js';
import type { Role } from './role.entity.js';
import { deleteGrantScopes, insertGrantScopes } from './role.store.js';

const path = 'input.grantScopeIds';

/**
 * Widens, says or narrows which scopes the grants of a role speak for. A scope that is missing and one that the caller
 * does not see are refused alike, unless the role speaks for it already. Needs `add-grant-scopes` and its like.
 */
export function changeRoleGrantScopes(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly grantScopeIds: readonly string[] },
): Promise<Role | null> {
  return changeRolePart<GrantScopesChange>(
    ctx,
    `${verb}-grant-scopes`,
    input,
    (role) => {
      cleanList(path, input.grantScopeIds, verb === 'set');
      return judge(ctx, verb, role, input.grantScopeIds);
    },
    async (role, { added, removed }) => {
      const { id, grantStrings } = role;
      await giveByRole(ctx, `${verb}-grant-scopes`, role, added, grantStrings ?? []);
      if (removed.length > 0) await deleteGrantScopes(ctx.tx, id, removed);
      if (added.length > 0) await insertGrantScopes(ctx.tx, id, added);
    },
  );
}

async function judge(
  ctx: Ctx,
  verb: MembersVerb,
  { scopeId, grantScopeIds }: Role,
  wanted: readonly string[],
): Promise<GrantScopesChange | Failure> {
  const held = grantScopeIds ?? [];
  const scopes = await findScopes(ctx.tx, [scopeId, ...wanted]);
  const home = scopes.find(({ id }) => id === scopeId);
  if (!home) throw new Error(`the scope ${scopeId} of a role is missing`);
  const at = { scopeId, type: home.type };
  if (verb === 'remove') return removeGrantScopes(at, held, wanted, path);
  const acl = await ctx.acl();
  const known = scopes.filter((scope) => held.includes(scope.id) || isVisible(acl, 'scope', scope));
  const parents = new Map(known.map(({ id, parentId }) => [id, parentId]));
  return (verb === 'add' ? addGrantScopes : setGrantScopes)(at, held, wanted, parents, path);
}
