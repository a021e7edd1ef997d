import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { CredentialStore } from './credential-store.entity.js';
import type { Credential } from './credential.entity.js';
import { credentialKind, credentialStoreKind } from './credential.kinds.js';

/** One credential store. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readCredentialStore(ctx: ReadCtx, id: string): Promise<CredentialStore> {
  return readRow(ctx, credentialStoreKind, id);
}

/** The credential stores behind those ids as the caller may see them, null where missing or hidden. */
export function locateCredentialStores(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(CredentialStore | null)[]> {
  return locateRows(ctx, credentialStoreKind, ids);
}

/** One credential, without its secret. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readCredential(ctx: ReadCtx, id: string): Promise<Credential> {
  return readRow(ctx, credentialKind, id);
}

/** The credentials behind those ids as the caller may see them, null where missing or hidden. */
export function locateCredentials(ctx: ReadCtx, ids: readonly string[]): Promise<(Credential | null)[]> {
  return locateRows(ctx, credentialKind, ids);
}
