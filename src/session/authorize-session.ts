import type { Acl } from '../core/acl.js';
import type { Ctx, ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { openCredentials, type OpenedCredential, type Opener } from '../credential/open-credentials.js';
import { findHead } from '../events/event.store.js';
import { notFound, requireOn } from '../grant/require.js';
import { findNamedTarget } from '../target/find-named-target.js';
import type { Target } from '../target/target.entity.js';
import { findTarget } from '../target/target.store.js';
import { chooseWorkers } from '../worker/choose-workers.js';
import type { WorkerAddress } from '../worker/worker.store.js';
import { chooseEndpoint } from './choose-endpoint.js';
import { thumbprintOfKey } from './client-key.js';
import { newDetachedToken } from './detached-token.js';
import { rolesBehind } from './permission-loss.rules.js';
import { recordSession } from './record-session.js';
import { presentSession } from './require-session.js';
import type { Session } from './session.entity.js';
import { findSession, hasReachedLimit, insertSession } from './session.store.js';

export interface AuthorizeSessionInput extends Repeatable {
  readonly targetId?: string | null;
  readonly name?: string | null;
  readonly scopeId?: string | null;
  readonly scopeName?: string | null;
  readonly hostId?: string | null;
  readonly clientPublicKey?: string | null;
}

export interface AuthorizeSettings {
  /** A worker unheard of for longer is not offered. */
  readonly workerLivenessMs: number;
  /** How long a detached token may wait for its redemption. */
  readonly detachedTtlSeconds: number;
  /** Pending and active sessions that one user may have. Requests at the same moment may go past it by their number. */
  readonly mostOfUser: number;
}

export interface AuthorizedSession {
  /** As its caller may see it: what the client needs stands beside it. */
  readonly session: Session;
  readonly expiresAt: string;
  readonly connectionLimit: number;
  /** Only without a client key: redeemed once, for one. Never readable again. */
  readonly token: string | null;
  /** In no order. */
  readonly workers: readonly WorkerAddress[];
  /** What the target hands out, once; null where it is not told (again). Never readable otherwise. */
  readonly credentials: readonly OpenedCredential[] | null;
}

/**
 * Makes a pending session on a target for the caller. With a client key the session is bound to it at once;
 * without one, whoever redeems the returned token first binds it. The credentials of the target are handed to the
 * caller here and nowhere else, all of them or no session. Needs `authorize-session` on the target.
 */
export async function authorizeSession(
  ctx: Ctx,
  input: AuthorizeSessionInput,
  settings: AuthorizeSettings,
  opener: Opener,
): Promise<AuthorizedSession> {
  const clientThumbprint = input.clientPublicKey == null ? null : thumbprintOfKey(input.clientPublicKey);
  // Before anything is read that the answer leans on: what is numbered later may not have been seen.
  const { id: accessEventId } = await findHead(ctx.tx);
  const { row: target, acl } = await requireOn(
    ctx,
    'authorize-session',
    'target',
    await findAskedTarget(ctx, input),
  );
  const { actor } = ctx;
  if (actor.kind !== 'user')
    throw new Failure({ code: 'UNAUTHENTICATED', message: 'a session needs a user' });
  const id = newId('s');
  const before = await madeBefore(ctx, 'authorizeSession', input, id);
  if (before !== null) return showAuthorized(ctx, acl, before, settings);
  const endpoint = await chooseEndpoint(ctx, target, input.hostId ?? null);
  const workers = await chooseWorkers(ctx, settings.workerLivenessMs, target.egressWorkerFilter);
  const credentials = await openedOf(ctx, opener, target);
  const detached = clientThumbprint === null ? newDetachedToken(id) : null;
  const isWritten = await insertSession(ctx.tx, {
    id,
    userId: actor.userId,
    userName: actor.userName,
    authTokenId: actor.tokenId,
    targetId: target.id,
    hostSetId: endpoint.hostSetId,
    hostId: endpoint.hostId,
    endpointHost: endpoint.address,
    clientThumbprint,
    detachedSecretHash: detached?.secretHash ?? null,
    detachedTtlSeconds: settings.detachedTtlSeconds,
    mostOfUser: settings.mostOfUser,
    accessEventId,
    roleIds: rolesBehind(acl, target),
  });
  if (!isWritten) throw await whyNotWritten(ctx, actor.userId, settings);
  const session = await recordSession(ctx.tx, 'session.created', id);
  const { targetId, hostId, expiresAt } = session;
  ctx.note({
    resourceType: 'session',
    resourceId: id,
    scopeId: session.projectId,
    after: {
      ...{ targetId, hostId, expiresAt, detached: detached !== null },
      credentialSourceIds: credentials.map(({ credential }) => credential.id),
    },
  });
  return authorized(ctx, acl, session, { token: detached?.text ?? null, workers, credentials });
}

// Where one does not open, the audit tells of which target.
function openedOf(ctx: Ctx, opener: Opener, { id, scopeId, ...target }: Target): Promise<OpenedCredential[]> {
  ctx.note({ resourceType: 'target', resourceId: id, scopeId });
  const log = opener.log.child({ requestId: ctx.requestId, target: id });
  return openCredentials(ctx.tx, { ...opener, log }, target.brokeredCredentialSourceIds ?? []);
}

async function whyNotWritten(
  { tx }: Ctx,
  userId: string,
  { mostOfUser }: AuthorizeSettings,
): Promise<Failure> {
  return (await hasReachedLimit(tx, userId, mostOfUser))
    ? new Failure({ code: 'LIMIT_REACHED', limit: mostOfUser, what: 'open sessions of a user' })
    : new Failure({ code: 'CONFLICT', rule: 'the target was deleted meanwhile' });
}

// The client needs what stands beside the session even where it may not see the session itself.
function authorized(
  { actor }: Ctx,
  acl: Acl,
  session: Session,
  how: Pick<AuthorizedSession, 'token' | 'workers' | 'credentials'>,
): AuthorizedSession {
  const { expiresAt, connectionLimit } = session;
  const shown =
    presentSession(acl, actor, 'read', session) ?? Object.assign(session, { authorizedActions: [] });
  return { session: shown, expiresAt, connectionLimit, ...how };
}

/** The session that a repeated request made, as it is now. Its token and its credentials are not shown again. */
async function showAuthorized(
  ctx: Ctx,
  acl: Acl,
  id: string,
  settings: AuthorizeSettings,
): Promise<AuthorizedSession> {
  const session = await findSession(ctx.tx, id);
  if (!session) throw notFound(ctx, 'read', 'session', null);
  const { projectId: scopeId } = session;
  ctx.note({ resourceType: 'session', resourceId: id, scopeId, comment: 'repeated' });
  const workers = await chooseWorkers(ctx, settings.workerLivenessMs, session.egressWorkerFilter);
  return authorized(ctx, acl, session, { token: null, workers, credentials: null });
}

function findAskedTarget(ctx: ReadCtx, input: AuthorizeSessionInput): Promise<Target | null> {
  const { targetId = null, name = null, scopeId = null, scopeName = null } = input;
  if ((targetId === null) === (name === null)) throw invalidInput('input', 'give targetId or name');
  if (targetId !== null) {
    if (scopeId !== null || scopeName !== null) throw invalidInput('input', 'a scope goes with name only');
    return findTarget(ctx.tx, targetId);
  }
  if ((scopeId === null) === (scopeName === null)) {
    throw invalidInput('input', 'name goes with scopeId or scopeName');
  }
  return findNamedTarget(ctx, 'authorize-session', { name: name as string, scopeId, scopeName });
}
