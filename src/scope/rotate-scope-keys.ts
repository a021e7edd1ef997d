import type { Ctx } from '../core/ctx.js';
import { findDataKeyVersions, lockNewestVersion, type DataKeyVersion } from '../seal/data-key.store.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import { requireCreateIn } from './require-create.js';
import { scopeTypes } from './scope.rules.js';

export interface RotateKeysInput {
  readonly scopeId: string;
}

/**
 * Makes the next version of the key that secrets of a scope are sealed under; all that is sealed from now on is
 * under it. Older ones stay, and open what they have sealed. Needs `rotate-keys` on its scopes.
 */
export async function rotateScopeKeys(
  ctx: Ctx,
  { scopeId }: RotateKeysInput,
  secrets: SecretKeeper,
): Promise<DataKeyVersion> {
  await requireCreateIn(ctx, 'scope', scopeId, scopeTypes, 'rotate-keys');
  const newest = await lockNewestVersion(ctx.tx, scopeId, 'seal');
  const made = await secrets.addKey(ctx.tx, { scopeId, purpose: 'seal', keyVersion: newest + 1 });
  const key = (await findDataKeyVersions(ctx.tx, scopeId)).find(({ id }) => id === made?.id);
  if (!key) throw new Error(`version ${newest + 1} of the key of ${scopeId} was not made`);
  const after = { keyVersionId: key.id, keyVersion: key.version };
  const before = newest === 0 ? null : { keyVersion: newest };
  ctx.note({ resourceType: 'scope', resourceId: scopeId, scopeId, before, after });
  ctx.tx.record({
    kind: 'scope-key.created',
    subjectId: key.id,
    scopeId,
    revision: key.version,
    body: after,
  });
  return key;
}

/** Demands what sealing the secrets of a scope again needs, which is `rotate-keys`, and tells the audit of it. */
export async function requireReseal(ctx: Ctx, scopeId: string): Promise<void> {
  await requireCreateIn(ctx, 'scope', scopeId, scopeTypes, 'rotate-keys');
  ctx.note({ resourceType: 'scope', resourceId: scopeId, scopeId });
}
