import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts, given } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { disabledOf, refuseSelf } from './disabled.rules.js';
import { User } from './user.entity.js';
import { userKind } from './user.kinds.js';
import { isBuiltIn, type UserType } from './user.rules.js';

export interface CreateUserInput extends Repeatable {
  readonly scopeId: string;
  readonly type?: UserType | null;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly isDisabled?: boolean | null;
}

/**
 * Makes a user in global or an org, a person unless it is to be a service: without an account and without a token,
 * nobody comes in as it yet. Needs `create` on its users.
 */
export async function createUserIn(ctx: Ctx, input: CreateUserInput): Promise<User | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'user', input.scopeId, ['global', 'org']);
  const id = newId('u');
  const isDisabled = disabledOf(input.isDisabled) ?? false;
  const row = { ...cleanTexts(input), type: input.type ?? 'person', isDisabled };
  const before = await madeBefore(ctx, 'createUser', input, id);
  if (before !== null) return showMade(ctx, userKind, acl, before);
  await ctx.tx.insert(User, { id, scopeId: scope.id, ...row });
  return settleMade(ctx, userKind, acl, id);
}

export interface UpdateUserInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly isDisabled?: boolean | null;
}

/**
 * Renames or describes a user, keeps it out or lets it in again: one that is disabled is signed out everywhere. Refuses
 * those that are built in, and to disable oneself. Needs `update`.
 */
export function updateUser(ctx: Ctx, input: UpdateUserInput): Promise<User | null> {
  return updateRow(ctx, userKind, input, ({ id }) => {
    if (isBuiltIn(id)) throw invalidInput('input.id', 'is built in; it stays as it is');
    const isDisabled = disabledOf(input.isDisabled);
    refuseSelf(isDisabled, ctx.actor.kind === 'user' && ctx.actor.userId === id, 'you');
    return { ...cleanTexts(input), ...given({ isDisabled }) };
  });
}

/**
 * Deletes a user: its sessions end, groups and roles lose it, its accounts stay and are signed out. Refuses those
 * that are built in. Needs `delete`.
 */
export function deleteUser(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, userKind, input, ({ id }) => {
    if (isBuiltIn(id)) throw invalidInput('input.id', 'is built in; it cannot be deleted');
  });
}
