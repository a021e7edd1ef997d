import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts, given } from '../core/text.rules.js';
import { requireSeen } from '../grant/require.js';
import { deleteRow, settleMade, showMade, updateRow } from './change-row.js';
import { requireCreateIn } from './require-create.js';
import { Scope } from './scope.entity.js';
import { scopeKind } from './scope.kinds.js';
import { typeBelow } from './scope.rules.js';
import { placeOfAuthMethod } from './scope.store.js';

export interface CreateScopeInput extends Repeatable {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly skipAdminRoleCreation?: boolean | null;
  readonly skipDefaultRoleCreation?: boolean | null;
}

/** What `scope.created` tells beside the scope: which roles are to be made in it. */
export type NewScopeFacts = {
  readonly type: 'org' | 'project';
  /** Who gets a role that may do everything in it; null for nobody. */
  readonly administratorId: string | null;
  /** Whether others get a role for what they usually may. */
  readonly getsDefaultRole: boolean;
};

/** Makes an org in global, or a project in an org, with the roles it begins with. Needs `create` on its scopes. */
export async function createScope(ctx: Ctx, input: CreateScopeInput): Promise<Scope | null> {
  const { scope: parent, acl } = await requireCreateIn(ctx, 'scope', input.scopeId, ['global', 'org']);
  const type = typeBelow[parent.type as keyof typeof typeBelow];
  const id = newId(type === 'org' ? 'o' : 'p');
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, 'createScope', input, id);
  if (before !== null) return showMade(ctx, scopeKind, acl, before);
  await ctx.tx.insert(Scope, { id, type, parentId: parent.id, ...texts });
  const maker = ctx.actor.kind === 'user' ? ctx.actor.userId : null;
  const facts: NewScopeFacts = {
    type,
    administratorId: input.skipAdminRoleCreation ? null : maker,
    getsDefaultRole: !input.skipDefaultRoleCreation,
  };
  return settleMade(ctx, scopeKind, acl, id, facts);
}

export interface UpdateScopeInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly primaryAuthMethodId?: string | null;
}

/** Renames or describes a scope, or names one of its auth methods its primary one. Needs `update`. */
export function updateScope(ctx: Ctx, input: UpdateScopeInput): Promise<Scope | null> {
  return updateRow(ctx, scopeKind, input, async (scope) => {
    const { primaryAuthMethodId } = input;
    if (primaryAuthMethodId != null) await requireOwnMethod(ctx, scope, primaryAuthMethodId);
    return { ...cleanTexts(input), ...given({ primaryAuthMethodId }) };
  });
}

async function requireOwnMethod(ctx: Ctx, scope: Scope, id: string): Promise<void> {
  const path = 'input.primaryAuthMethodId';
  if (scope.type === 'project') throw invalidInput(path, 'is for global and orgs; a project has none');
  const [method] = await requireSeen(ctx, 'auth-method', [id], await placeOfAuthMethod(ctx.tx, id));
  if (method?.scopeId !== scope.id) throw invalidInput(path, 'must be an auth method of this very scope');
}

/**
 * Deletes an org or a project with all that lives in it, projects of an org too. Sessions that hang on any of it
 * are ended first and stay as history. Needs `delete`.
 */
export function deleteScope(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, scopeKind, input, (scope) => {
    if (scope.type === 'global')
      throw invalidInput('input.id', 'the global scope cannot be deleted; delete the orgs in it');
  });
}
