import type { GivenGrant } from '../core/acl.js';
import type { Ctx } from '../core/ctx.js';
import { protectedRow } from '../grant/require.js';
import type { Role } from './role.entity.js';

/** Grants as a role gives them: once for each of the scopes. */
export function givenGrants(
  { id: roleId, scopeId: roleScopeId }: Pick<Role, 'id' | 'scopeId'>,
  grantScopes: readonly string[],
  canonicals: readonly string[],
): GivenGrant[] {
  return grantScopes.flatMap((grantScope) =>
    canonicals.map((canonical) => ({ roleId, roleScopeId, grantScope, canonical })),
  );
}

/** Tells that a role is about to give grants for scopes, to whoever holds it; nothing where there are none. */
export async function giveByRole(
  ctx: Ctx,
  action: string,
  role: Role,
  grantScopes: readonly string[],
  canonicals: readonly string[],
): Promise<void> {
  const grants = givenGrants(role, grantScopes, canonicals);
  if (grants.length > 0) await ctx.give({ kind: 'grants', action, on: protectedRow('role', role), grants });
}
