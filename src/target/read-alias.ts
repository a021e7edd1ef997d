import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { aliasFields, type Alias } from './alias.entity.js';
import { findAlias, findAliases } from './alias.store.js';

/** One alias. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readAlias(ctx: ReadCtx, id: string): Promise<Alias> {
  const { row, acl } = await requireOn(ctx, 'read', 'alias', await findAlias(ctx.tx, id));
  return present(acl, 'read', 'alias', row, aliasFields) as Alias;
}

/** The aliases behind those ids as the caller may see them, null where missing or hidden. */
export async function locateAliases(ctx: ReadCtx, ids: readonly string[]): Promise<(Alias | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findAliases(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'alias', found.get(id), aliasFields));
}
