import type { ReadCtx } from '../core/ctx.js';
import { notFound } from '../grant/require.js';
import { presentSession, requireSession, sessionActions } from './require-session.js';
import type { Session } from './session.entity.js';
import { findSession, findSessionPlaces, findSessions } from './session.store.js';

/** One session. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read` (or `read:self` on one's own). */
export async function readSession(ctx: ReadCtx, id: string): Promise<Session> {
  const [place] = await findSessionPlaces(ctx.tx, [id]);
  const { acl } = await requireSession(ctx, 'read', place);
  const session = presentSession(acl, ctx.actor, 'read', await findSession(ctx.tx, id));
  if (!session) throw notFound(ctx, 'read', 'session', null);
  return session;
}

/** The sessions behind those ids as the caller may see them, null where missing or hidden. */
export async function locateSessions(ctx: ReadCtx, ids: readonly string[]): Promise<(Session | null)[]> {
  const acl = await ctx.acl();
  const seen = (await findSessionPlaces(ctx.tx, ids)).filter(
    (place) => sessionActions(acl, ctx.actor, place).length > 0,
  );
  if (seen.length === 0) return ids.map(() => null);
  const rows = await findSessions(
    ctx.tx,
    seen.map((place) => place.id),
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => presentSession(acl, ctx.actor, 'read', found.get(id)));
}
