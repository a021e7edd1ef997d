import type { Deleted } from '../api/payload.js';
import type { Ctx } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import { deleteDataKey, findDataKeyVersions, lockDataKey } from '../seal/data-key.store.js';
import { requireCreateIn } from './require-create.js';
import { scopeTypes } from './scope.rules.js';

export interface DestroyKeyInput {
  readonly scopeId: string;
  readonly keyVersionId: string;
}

/**
 * Destroys a version of a key of a scope. Refuses the current one, and one under which anything is sealed; who is
 * sealing something under it is waited for. Needs `destroy-key-version` on the scopes of that scope.
 */
export async function destroyDataKeyVersion(
  ctx: Ctx,
  { scopeId, keyVersionId }: DestroyKeyInput,
): Promise<Deleted> {
  await requireCreateIn(ctx, 'scope', scopeId, scopeTypes, 'destroy-key-version');
  ctx.note({ resourceType: 'scope', resourceId: scopeId, scopeId });
  const found = await lockDataKey(ctx.tx, scopeId, keyVersionId);
  const key = (await findDataKeyVersions(ctx.tx, scopeId)).find(({ id }) => id === found?.id);
  if (!key) {
    const denial = { code: 'NOT_FOUND', action: 'destroy-key-version', resourceType: 'key version' } as const;
    throw ctx.deny({ ...denial, resourceId: null, scopeId });
  }
  if (key.isCurrent) {
    const message = 'it is the version in use; make the next one with rotateScopeKeys, then destroy this one';
    throw new Failure({ code: 'INVALID_STATE', state: 'current', message });
  }
  if (key.secretCount > 0) {
    const rule = `${key.secretCount} secrets are sealed under it; seal them again with resealScopeSecrets first`;
    throw new Failure({ code: 'CONFLICT', rule });
  }
  await deleteDataKey(ctx.tx, key.id);
  const before = { keyVersionId: key.id, keyVersion: key.version };
  ctx.note({ resourceType: 'scope', resourceId: scopeId, scopeId, before });
  ctx.tx.record({ kind: 'scope-key.deleted', subjectId: key.id, scopeId, revision: key.version, body: {} });
  return { deletedId: key.id };
}
