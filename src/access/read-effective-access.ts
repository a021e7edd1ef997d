import type { ReadCtx } from '../core/ctx.js';
import { actions as everyAction } from '../grant/action.js';
import { isAnonymousId } from '../grant/output-fields.js';
import { isResourceType, resourceTypeNames } from '../grant/resource-type.js';
import { findGrants } from '../role/role.store.js';
import { findUser } from '../user/user.store.js';
import { isWayToMore } from './access-set.rules.js';
import { accessLines, accessSets, filledFor, type AccessLine } from './effective-access.js';
import type { EffectiveAccess, EffectiveAccessSet } from './effective-access.type.js';
import { knownRoles, type Known } from './known-names.js';
import { isSelf, requireExplain, requirePerson } from './require-explain.js';
import { principalsOf } from './trace-access.js';

/**
 * What a user may do, by the roles that the caller may read. Needs `explain-access` on the scope in which the user
 * lives, but for one's own access; and the caller must see the user.
 */
export async function readEffectiveAccess(ctx: ReadCtx, userId: string): Promise<EffectiveAccess> {
  const person = await requirePerson(ctx, userId);
  const user = await findUser(ctx.tx, userId);
  if (!isSelf(ctx, userId)) await requireExplain(ctx, user?.scopeId ?? 'global');
  const held = await findGrants(ctx.tx, principalsOf(userId));
  const roles = await knownRoles(
    ctx,
    held.map(({ roleId }) => roleId),
  );
  const shown = held.filter(({ roleId }) => roles.has(roleId));
  const accountIds = person.hasKnownAccounts ? person.accountIds : [];
  const sets = filledFor({ userId, accountIds }, accessSets(shown, isAnonymousId(userId)));
  return {
    userId,
    sets: accessLines(sets).map((line) => setOf(line, roles)),
    hasHidden: shown.length < held.length,
  };
}

function setOf({ type, kind, ids, actions, reach, roleIds }: AccessLine, roles: Known): EffectiveAccessSet {
  const isEveryAction = actions.includes('*');
  const types = isResourceType(type) ? [type] : resourceTypeNames;
  const ways = types.flatMap((one) =>
    (isEveryAction ? everyAction : actions).filter((action) => isWayToMore({ type: one, action })),
  );
  return {
    ...{ type, things: kind, ids, isEveryAction, actions: isEveryAction ? [] : actions },
    waysToMore: [...new Set(ways)],
    ...{ scopes: reach.scopes, childrenOf: reach.parents, isEverywhere: reach.everywhere },
    roles: roleIds.map((id) => ({ id, name: roles.get(id)?.name ?? null })),
  };
}
