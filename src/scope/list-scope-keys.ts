import type { ReadCtx } from '../core/ctx.js';
import { findDataKeyVersions, type DataKeyVersion } from '../seal/data-key.store.js';
import { requireCreateIn } from './require-create.js';
import { scopeTypes } from './scope.rules.js';

/** The data keys of a scope, newest first. Needs `list-keys` on its scopes. Fails as making something in it does. */
export async function listScopeKeys(ctx: ReadCtx, scopeId: string): Promise<DataKeyVersion[]> {
  await requireCreateIn(ctx, 'scope', scopeId, scopeTypes, 'list-keys');
  return findDataKeyVersions(ctx.tx, scopeId);
}
