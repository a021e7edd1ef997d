import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { authMethodFields, type AuthMethod } from './auth-method.entity.js';
import { findAuthMethod, findAuthMethods } from './auth-method.store.js';

/** One auth method. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readAuthMethod(ctx: ReadCtx, id: string): Promise<AuthMethod> {
  const { row, acl } = await requireOn(ctx, 'read', 'auth-method', await findAuthMethod(ctx.tx, id));
  return present(acl, 'read', 'auth-method', row, authMethodFields) as AuthMethod;
}

/** The auth methods behind those ids as the caller may see them, null where missing or hidden. */
export async function locateAuthMethods(
  ctx: ReadCtx,
  ids: readonly string[],
): Promise<(AuthMethod | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findAuthMethods(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'auth-method', found.get(id), authMethodFields));
}
