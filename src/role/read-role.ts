import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireOn } from '../grant/require.js';
import { roleFields, type Role } from './role.entity.js';
import { findRole, findRoles } from './role.store.js';

/** One role. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readRole(ctx: ReadCtx, id: string): Promise<Role> {
  const { row, acl } = await requireOn(ctx, 'read', 'role', await findRole(ctx.tx, id));
  return present(acl, 'read', 'role', row, roleFields) as Role;
}

/** The roles behind those ids as the caller may see them, null where missing or hidden. */
export async function locateRoles(ctx: ReadCtx, ids: readonly string[]): Promise<(Role | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findRoles(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => present(acl, 'read', 'role', found.get(id), roleFields));
}
