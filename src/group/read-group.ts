import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { groupFields, type Group } from './group.entity.js';
import { findGroup, findGroups } from './group.store.js';

/** One group. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readGroup(ctx: ReadCtx, id: string): Promise<Group> {
  const { row, acl } = await requireOn(ctx, 'read', 'group', await findGroup(ctx.tx, id));
  return present(acl, 'read', 'group', row, groupFields) as Group;
}

/** The groups behind those ids as the caller may see them, null where missing or hidden. */
export async function locateGroups(ctx: ReadCtx, ids: readonly string[]): Promise<(Group | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findGroups(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'group', found.get(id), groupFields));
}
