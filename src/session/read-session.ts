import type { ReadCtx } from '../core/ctx.js';
import { presentSession, requireSession } from './require-session.js';
import type { Session } from './session.entity.js';
import { findSession, findSessions } from './session.store.js';

/** One session. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read` (or `read:self` on one's own). */
export async function readSession(ctx: ReadCtx, id: string): Promise<Session> {
  const { row, acl } = await requireSession(ctx, 'read', await findSession(ctx.tx, id));
  return presentSession(acl, ctx.actor, 'read', row) as Session;
}

/** The sessions behind those ids as the caller may see them, null where missing or hidden. */
export async function locateSessions(ctx: ReadCtx, ids: readonly string[]): Promise<(Session | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await findSessions(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => presentSession(acl, ctx.actor, 'read', found.get(id)));
}
