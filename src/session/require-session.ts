import type { Acl } from '../core/acl.js';
import type { Actor, Ctx } from '../core/ctx.js';
import type { Reader } from '../core/tx.js';
import { redact } from '../api/redact.js';
import type { Action } from '../grant/action.js';
import { notFound, protectedRow, requireOn } from '../grant/require.js';
import { ownedActions, shownFields } from '../grant/present.js';
import { sessionFields, type Session } from './session.entity.js';
import { findSessionPlaces, type SessionPlace } from './session.store.js';

function isOwn(actor: Actor, session: Pick<Session, 'userId'>): boolean {
  return actor.kind === 'user' && actor.userId === session.userId;
}

/** Actions the caller holds on a session: a `:self` action counts on one's own, or with its parent. */
export function sessionActions(acl: Acl, actor: Actor, session: SessionPlace): string[] {
  return ownedActions(acl, 'session', protectedRow('session', session), isOwn(actor, session));
}

/** A session as this caller may see it after performing that action; null when it may not see it at all. */
export function presentSession(
  acl: Acl,
  actor: Actor,
  action: 'read' | 'cancel' | 'list',
  session: Session | null | undefined,
): Session | null {
  if (!session) return null;
  session.authorizedActions = sessionActions(acl, actor, session);
  if (session.authorizedActions.length === 0) return null;
  const wanted = isOwn(actor, session) && action !== 'list' ? [action, `${action}:self`] : [action];
  const fields = shownFields(acl, wanted, protectedRow('session', session));
  session.hidesConnections = fields !== '*' && !fields.has('connections');
  return redact(session, fields, sessionFields);
}

/**
 * Demands `read` or `cancel` on the session of that id, or its `:self` form on one's own; refuses as `requireOn` does.
 * Nothing is locked, and what a hidden one costs is what a missing one costs.
 */
export async function requireSession(
  ctx: Ctx<Reader>,
  action: Extract<Action, 'read' | 'cancel'>,
  id: string,
): Promise<{ acl: Acl }> {
  const [acl, [session]] = [await ctx.acl(), await findSessionPlaces(ctx.tx, [id])];
  const held = session ? sessionActions(acl, ctx.actor, session) : [];
  if (session && (held.includes(action) || held.includes(`${action}:self`))) return { acl };
  // One who holds nothing but `:self` actions does not see the sessions of others at all.
  if (held.length === 0) throw notFound(ctx, action, 'session', session ?? null);
  return requireOn(ctx, action, 'session', session);
}
