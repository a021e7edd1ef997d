import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import type { MembersVerb } from '../core/members.js';
import { cleanTexts } from '../core/text.rules.js';
import { protectedRow, requireSeen } from '../grant/require.js';
import { changeMembers, deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { scopeTypes } from '../scope/scope.rules.js';
import { recoveryUser } from '../user/user.rules.js';
import { findUsers } from '../user/user.store.js';
import { Group } from './group.entity.js';
import { groupKind } from './group.kinds.js';
import { deleteGroupMembers, insertGroupMembers } from './group.store.js';

export interface CreateGroupInput extends Repeatable {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Makes an empty group in a scope. Needs `create` on its groups. */
export async function createGroup(ctx: Ctx, input: CreateGroupInput): Promise<Group | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'group', input.scopeId, scopeTypes);
  const id = newId('g');
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, 'createGroup', input, id);
  if (before !== null) return showMade(ctx, groupKind, acl, before);
  await ctx.tx.insert(Group, { id, scopeId: scope.id, ...texts });
  return settleMade(ctx, groupKind, acl, id);
}

export interface UpdateGroupInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Renames or describes a group. Needs `update`. */
export function updateGroup(ctx: Ctx, input: UpdateGroupInput): Promise<Group | null> {
  return updateRow(ctx, groupKind, input, () => cleanTexts(input));
}

/** Deletes a group; its members lose the roles they had by it. Needs `delete`. */
export function deleteGroup(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, groupKind, input);
}

/**
 * Adds users to a group, sets them, or takes them out. They may live in any scope, and must be seen by who adds them;
 * the recovery user is in no group. Needs `add-members` and its like.
 */
export function changeGroupMembers(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly memberIds: readonly string[] },
): Promise<Group | null> {
  const path = 'input.memberIds';
  return changeMembers(ctx, groupKind, `${verb}-members`, input, {
    verb,
    path,
    named: input.memberIds,
    present: (group) => group.memberIds ?? [],
    write: async (group, { added, removed }) => {
      if (added.includes(recoveryUser)) throw invalidInput(path, `${recoveryUser} can be in no group`);
      await requireSeen(ctx, 'user', added, await findUsers(ctx.tx, added));
      const on = protectedRow('group', group);
      if (added.length > 0)
        await ctx.give({
          kind: 'membership',
          action: `${verb}-members`,
          on,
          groupId: group.id,
          userIds: added,
        });
      if (removed.length > 0) await deleteGroupMembers(ctx.tx, group.id, removed);
      if (added.length > 0) await insertGroupMembers(ctx.tx, group.id, added);
    },
  });
}
