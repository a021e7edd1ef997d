import type { ReadCtx } from '../core/ctx.js';
import { presentSession, requireSession, sessionActions } from './require-session.js';
import type { Session } from './session.entity.js';
import { findSession, findSessionPlaces, findSessions } from './session.store.js';

/** One session. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read` (or `read:self` on one's own). */
export async function readSession(ctx: ReadCtx, id: string): Promise<Session> {
  const { acl } = await requireSession(ctx, 'read', id);
  return presentSession(acl, ctx.actor, 'read', await findSession(ctx.tx, id)) as Session;
}

/** The sessions behind those ids as the caller may see them, null where missing or hidden. */
export async function locateSessions(ctx: ReadCtx, ids: readonly string[]): Promise<(Session | null)[]> {
  const acl = await ctx.acl();
  const seen = (await findSessionPlaces(ctx.tx, ids)).filter(
    (row) => sessionActions(acl, ctx.actor, row).length > 0,
  );
  const shown =
    seen.length === 0
      ? []
      : await findSessions(
          ctx.tx,
          seen.map((row) => row.id),
        );
  const found = new Map(shown.map((row) => [row.id, row]));
  return ids.map((id) => presentSession(acl, ctx.actor, 'read', found.get(id)));
}
