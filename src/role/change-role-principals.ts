import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { kindOfId } from '../core/id.js';
import type { MembersVerb } from '../core/members.js';
import { protectedRow, requireSeen } from '../grant/require.js';
import { findGroups } from '../group/group.store.js';
import { changeMembers } from '../scope/change-row.js';
import { recoveryUser } from '../user/user.rules.js';
import { findUsers } from '../user/user.store.js';
import type { Role } from './role.entity.js';
import { roleKind } from './role.kinds.js';
import { deletePrincipals, insertPrincipals } from './role.store.js';

const path = 'input.principalIds';

/**
 * Gives a role to users and groups, says who holds it, or takes it away. They may live in any scope, and must be seen
 * by who gives it; the recovery user holds no role. Needs `add-principals` and its like.
 */
export function changeRolePrincipals(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly principalIds: readonly string[] },
): Promise<Role | null> {
  return changeMembers(ctx, roleKind, `${verb}-principals`, input, {
    verb,
    path,
    named: input.principalIds,
    present: (role) => role.principalIds ?? [],
    write: async (role, { added, removed }) => {
      await requirePrincipals(ctx, added);
      const on = protectedRow('role', role);
      if (added.length > 0)
        await ctx.give({
          kind: 'role',
          action: `${verb}-principals`,
          on,
          roleId: role.id,
          principalIds: added,
        });
      if (removed.length > 0) await deletePrincipals(ctx.tx, role.id, removed);
      if (added.length > 0) await insertPrincipals(ctx.tx, role.id, added);
    },
  });
}

async function requirePrincipals(ctx: Ctx, ids: readonly string[]): Promise<void> {
  if (ids.includes(recoveryUser)) throw invalidInput(path, `${recoveryUser} can hold no role`);
  const users = ids.filter((id) => kindOfId(id) === 'user');
  const groups = ids.filter((id) => kindOfId(id) === 'group');
  const other = ids.find((id) => !users.includes(id) && !groups.includes(id));
  if (other !== undefined) throw invalidInput(path, `${other} is neither a user nor a group`);
  await requireSeen(ctx, 'user', users, await findUsers(ctx.tx, users));
  await requireSeen(ctx, 'group', groups, await findGroups(ctx.tx, groups));
}
