import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { scopeTypes } from '../scope/scope.rules.js';
import { createRole } from './create-role.js';
import type { Role } from './role.entity.js';
import { roleKind } from './role.kinds.js';

export interface CreateRoleInput extends Repeatable {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

/**
 * Makes a role in a scope, for that scope alone, which nobody holds and which grants nothing yet. Needs `create` on
 * its roles.
 */
export async function createRoleIn(ctx: Ctx, input: CreateRoleInput): Promise<Role | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'role', input.scopeId, scopeTypes);
  const id = newId('r');
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, 'createRole', input, id);
  if (before !== null) return showMade(ctx, roleKind, acl, before);
  await createRole(ctx.tx, { id, scopeId: scope.id, ...texts, principalIds: [], grants: [] });
  return settleMade(ctx, roleKind, acl, id);
}

export interface UpdateRoleInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Renames or describes a role. Needs `update`. */
export function updateRole(ctx: Ctx, input: UpdateRoleInput): Promise<Role | null> {
  return updateRow(ctx, roleKind, input, () => cleanTexts(input));
}

/** Deletes a role; whoever holds it loses what it grants. Needs `delete`. */
export function deleteRole(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, roleKind, input);
}
