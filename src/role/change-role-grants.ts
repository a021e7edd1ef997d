import type { Ctx } from '../core/ctx.js';
import { cleanList, type MembersVerb } from '../core/members.js';
import { changeRolePart } from './change-role-part.js';
import { giveByRole } from './given-grants.js';
import { addGrants, removeGrants, setGrants, type GrantsChange } from './role-grants.rules.js';
import type { Role } from './role.entity.js';
import { deleteGrants, insertGrants } from './role.store.js';

const path = 'input.grantStrings';
const rules = { add: addGrants, set: setGrants, remove: removeGrants } as const;

/**
 * Gives grants to a role, says which it has, or takes them away, all of them or none. Refuses every string that can
 * grant nothing, by its path. Needs `add-grants` and its like.
 */
export function changeRoleGrants(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly grantStrings: readonly string[] },
): Promise<Role | null> {
  return changeRolePart<GrantsChange>(
    ctx,
    `${verb}-grants`,
    input,
    ({ grants }) => {
      cleanList(path, input.grantStrings, verb === 'set');
      return rules[verb](grants ?? [], input.grantStrings, path);
    },
    async (role, { added, removed }) => {
      const { id, grantScopeIds } = role;
      const fresh = added.map(({ canonical }) => canonical);
      await giveByRole(ctx, `${verb}-grants`, role, grantScopeIds ?? [], fresh);
      const gone = removed.map(({ canonical }) => canonical);
      if (gone.length > 0) await deleteGrants(ctx.tx, id, gone);
      if (added.length > 0) await insertGrants(ctx.tx, id, added);
    },
  );
}
