import type { ReadCtx } from '../core/ctx.js';
import { locateRows, readRow } from '../scope/read-row.js';
import type { AuthMethod } from './auth-method.entity.js';
import { authMethodKind } from './auth.kinds.js';

/** One auth method. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export function readAuthMethod(ctx: ReadCtx, id: string): Promise<AuthMethod> {
  return readRow(ctx, authMethodKind, id);
}

/** The auth methods behind those ids as the caller may see them, null where missing or hidden. */
export function locateAuthMethods(ctx: ReadCtx, ids: readonly string[]): Promise<(AuthMethod | null)[]> {
  return locateRows(ctx, authMethodKind, ids);
}
