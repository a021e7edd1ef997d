import type { Ctx } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import { chooseWorkers } from '../worker/choose-workers.js';
import type { AuthorizedSession, AuthorizeSettings } from './authorize-session.js';
import { thumbprintOfKey } from './client-key.js';
import { parseDetachedToken } from './detached-token.js';
import { recordSession } from './record-session.js';
import type { Session } from './session.entity.js';
import { bindDetached, bumpRevision, findDetachedState, findSession } from './session.store.js';

export interface RedeemInput {
  readonly token: string;
  readonly clientPublicKey: string;
}

/**
 * Binds a detached session to a client's key. The token is the whole proof: it works once, for one key,
 * while it and the session live. A second redemption fails with AUTHORIZATION_REPLAYED.
 */
export async function redeemAuthorization(
  ctx: Ctx,
  input: RedeemInput,
  settings: AuthorizeSettings,
): Promise<AuthorizedSession> {
  const thumbprint = thumbprintOfKey(input.clientPublicKey);
  const parts = parseDetachedToken(input.token);
  if (!parts) throw notValid();
  ctx.note({ resourceType: 'session', resourceId: parts.sessionId });
  const isBound = await bindDetached(ctx.tx, parts.sessionId, parts.secretHash, thumbprint);
  if (!isBound) throw await whyNotBound(ctx, parts);
  const session = await recordSession(ctx.tx, 'session.bound', parts.sessionId);
  const workers = await chooseWorkers(ctx, settings.workerLivenessMs, session.egressWorkerFilter);
  ctx.note({
    resourceType: 'session',
    resourceId: session.id,
    scopeId: session.projectId,
    after: { thumbprint },
  });
  const { expiresAt, connectionLimit } = session;
  const shown = Object.assign(session, { authorizedActions: [] });
  return { session: shown, expiresAt, connectionLimit, token: null, workers, credentials: null };
}

/** Leaves a mark in the log that somebody tried a token again: a copy of it is in other hands. */
export async function reportReplay(ctx: Ctx, token: string): Promise<void> {
  const parts = parseDetachedToken(token);
  if (!parts || !(await findSession(ctx.tx, parts.sessionId))) return;
  await bumpRevision(ctx.tx, parts.sessionId);
  await recordSession(ctx.tx, 'session.authorization_replayed', parts.sessionId);
  ctx.note({
    resourceType: 'session',
    resourceId: parts.sessionId,
    comment: 'the token was redeemed before',
  });
}

async function whyNotBound(ctx: Ctx, parts: { sessionId: string; secretHash: Buffer }): Promise<Failure> {
  const row = await findDetachedState(ctx.tx, parts.sessionId, parts.secretHash);
  if (!row?.isHolder) return notValid();
  if (row.isBound) return new Failure({ code: 'AUTHORIZATION_REPLAYED' });
  const session = (await findSession(ctx.tx, parts.sessionId)) as Session;
  const state = row.isExpired ? 'expired' : session.status;
  const message = `the authorization token is ${row.isExpired ? 'expired' : 'of a session that is ' + session.status}; authorize a new session`;
  return new Failure({ code: 'INVALID_STATE', state, message });
}

function notValid(): Failure {
  return new Failure({ code: 'UNAUTHENTICATED', message: 'the authorization token is not valid' });
}
