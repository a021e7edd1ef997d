import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { CredentialStore } from './credential-store.entity.js';
import { credentialStoreKind } from './credential.kinds.js';

export interface CreateCredentialStoreInput extends Repeatable {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Makes an empty store in a project. Needs `create` on its credential stores. */
export async function createCredentialStore(
  ctx: Ctx,
  input: CreateCredentialStoreInput,
): Promise<CredentialStore | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'credential-store', input.scopeId, ['project']);
  const id = newId('csst');
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, 'createCredentialStore', input, id);
  if (before !== null) return showMade(ctx, credentialStoreKind, acl, before);
  await ctx.tx.insert(CredentialStore, { id, scopeId: scope.id, ...texts });
  return settleMade(ctx, credentialStoreKind, acl, id);
}

export interface UpdateCredentialStoreInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Renames or describes a store. Needs `update`. */
export function updateCredentialStore(
  ctx: Ctx,
  input: UpdateCredentialStoreInput,
): Promise<CredentialStore | null> {
  return updateRow(ctx, credentialStoreKind, input, () => cleanTexts(input));
}

/** Deletes a store with its credentials; targets hand them out no more, sessions go on. Needs `delete`. */
export function deleteCredentialStore(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, credentialStoreKind, input);
}
