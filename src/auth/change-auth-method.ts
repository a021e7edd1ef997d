import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts, given } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { AuthMethod } from './auth-method.entity.js';
import { authMethodKind } from './auth.kinds.js';
import {
  longestLoginName,
  longestPasswordBytes,
  usualPasswordRules,
  type PasswordRules,
} from './password.rules.js';

interface Lengths {
  readonly minLoginNameLength?: number | null;
  readonly minPasswordLength?: number | null;
}

export interface CreateAuthMethodInput extends Repeatable, Lengths {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Makes a password auth method in global or an org, not a primary one. Needs `create` on its auth methods. */
export async function createAuthMethod(ctx: Ctx, input: CreateAuthMethodInput): Promise<AuthMethod | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'auth-method', input.scopeId, ['global', 'org']);
  const id = newId('ampw');
  const row = { ...cleanTexts(input), ...lengthsOf(input) };
  const before = await madeBefore(ctx, 'createAuthMethod', input, id);
  if (before !== null) return showMade(ctx, authMethodKind, acl, before);
  await ctx.tx.insert(AuthMethod, { id, scopeId: scope.id, ...row });
  return settleMade(ctx, authMethodKind, acl, id);
}

export interface UpdateAuthMethodInput extends Lengths {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Changes an auth method. Lengths are asked of what is set from then on. Needs `update`. */
export function updateAuthMethod(ctx: Ctx, input: UpdateAuthMethodInput): Promise<AuthMethod | null> {
  return updateRow(ctx, authMethodKind, input, () => ({ ...cleanTexts(input), ...lengthsOf(input) }));
}

/**
 * Deletes an auth method with its accounts and their tokens; sessions made with one are ended, users stay. Its
 * scope has no primary one then, if this was it. Needs `delete`.
 */
export function deleteAuthMethod(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, authMethodKind, input);
}

/** The lengths of an input; null means the usual one. */
function lengthsOf(input: Lengths): Partial<PasswordRules> {
  return given({
    minLoginNameLength: lengthOf('minLoginNameLength', input, longestLoginName),
    minPasswordLength: lengthOf('minPasswordLength', input, longestPasswordBytes),
  });
}

function lengthOf(name: keyof PasswordRules, input: Lengths, most: number): number | undefined {
  const length = input[name];
  if (length === undefined) return undefined;
  if (length !== null && (length < 1 || length > most))
    throw invalidInput(`input.${name}`, `must be 1 to ${most}`);
  return length ?? usualPasswordRules[name];
}
