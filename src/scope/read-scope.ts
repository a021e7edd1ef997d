import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { Scope, scopeFields } from './scope.entity.js';
import { findScope, findScopes } from './scope.store.js';

/** One scope. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readScope(ctx: ReadCtx, id: string): Promise<Scope> {
  const { row, acl } = await requireOn(ctx, 'read', 'scope', await findScope(ctx.tx, id));
  return present(acl, 'read', 'scope', row, scopeFields) as Scope;
}

/** The scopes behind those ids as the caller may see them, null where missing or hidden. */
export async function locateScopes(ctx: ReadCtx, ids: readonly string[]): Promise<(Scope | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findScopes(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'scope', found.get(id), scopeFields));
}
