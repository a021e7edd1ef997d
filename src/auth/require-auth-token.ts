import { redact } from '../api/redact.js';
import type { Acl } from '../core/acl.js';
import type { Actor, ReadCtx } from '../core/ctx.js';
import type { Action } from '../grant/action.js';
import { ownedActions, shownFields } from '../grant/present.js';
import { protectedRow, requireOn } from '../grant/require.js';
import { authTokenFields, type AuthToken } from './auth-token.entity.js';

function isOwn(actor: Actor, token: AuthToken): boolean {
  return actor.kind === 'user' && actor.userId === token.userId;
}

/** Actions the caller holds on a token: a `:self` action counts on one's own, or with its parent. */
function tokenActions(acl: Acl, actor: Actor, token: AuthToken): string[] {
  return ownedActions(acl, 'auth-token', protectedRow('auth-token', token), isOwn(actor, token));
}

/** A token as this caller may see it after performing that action; null when it may not see it at all. */
export function presentToken(
  acl: Acl,
  actor: Actor,
  action: 'read' | 'list',
  token: AuthToken | null | undefined,
): AuthToken | null {
  if (!token) return null;
  token.authorizedActions = tokenActions(acl, actor, token);
  if (token.authorizedActions.length === 0) return null;
  const wanted = isOwn(actor, token) && action === 'read' ? ['read', 'read:self'] : [action];
  return redact(token, shownFields(acl, wanted, protectedRow('auth-token', token)), authTokenFields);
}

/** Demands `read` or `delete` on a token, or its `:self` form on one's own; refuses as `requireOn` does. */
export async function requireToken(
  ctx: ReadCtx,
  action: Extract<Action, 'read' | 'delete'>,
  token: AuthToken | undefined,
): Promise<{ row: AuthToken; acl: Acl }> {
  const acl = await ctx.acl();
  const held = token ? tokenActions(acl, ctx.actor, token) : [];
  if (token && (held.includes(action) || held.includes(`${action}:self`))) return { row: token, acl };
  // One who holds nothing but `:self` actions does not see the tokens of others at all.
  return requireOn(ctx, action, 'auth-token', held.length > 0 ? token : null);
}
