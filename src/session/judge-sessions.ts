import type { Transactor, Tx } from '../core/tx.js';
import {
  findEventsOfKinds,
  findHead,
  standingOf,
  type LoggedEvent,
  type LogHead,
} from '../events/event.store.js';
import { loadHolders } from '../role/load-holders.js';
import { addressJudge } from '../scope/address-policy.rules.js';
import { findAddressPolicies } from '../scope/scope.store.js';
import { endSessions } from './end-session.js';
import {
  findConcerned,
  findJudged,
  findLiveAfter,
  moveJudgeCursor,
  noteJudged,
  takeJudgeCursor,
  type JudgeCursor,
  type JudgedSession,
  type News,
} from './judge.store.js';
import { concernOf, concerns, isOffered, rolesBehind, type Concern } from './permission-loss.rules.js';
import type { SessionEventKind } from './record-session.js';
import { lockSessions } from './session.store.js';

const created = 'session.created' satisfies SessionEventKind;
const kinds = [...Object.keys(concerns), created];
/** Sessions judged, and events read, in one transaction. */
const mostSessions = 100;
const mostEvents = 1000;

/** Whether there is more to judge, or another controller is at it. */
export type Judged = 'all' | 'more' | 'busy';

/**
 * Judges the sessions that the next events of the log are about, by the grants and the endpoints of now: those that
 * their user could not ask for again, or would not get to the same place, end with `permission revoked`, unless their
 * target keeps them. One controller at a time, one batch in a transaction with the move of the cursor, so that what is
 * undone is done again. When the log is not the one that was followed, or events are gone from it, all are judged.
 */
export async function judgeSessions(database: Transactor): Promise<Judged> {
  return database.transact(async (tx) => {
    const cursor = await takeJudgeCursor(tx);
    if (!cursor) return 'busy';
    const head = await findHead(tx); // before whatever is judged by: a later event may not have been seen
    if (!(await isFollowed(tx, cursor, head))) {
      await moveJudgeCursor(tx, { ...head, accessEventId: head.id, allAfter: '' });
      return 'more';
    }
    return judgeNext(tx, cursor, head);
  });
}

async function isFollowed(tx: Tx, cursor: JudgeCursor, head: LogHead): Promise<boolean> {
  if (cursor.epoch !== head.epoch) return false;
  if (cursor.id === head.id) return cursor.nonce === head.nonce;
  return (await standingOf(tx, cursor)) === 'kept';
}

async function judgeNext(tx: Tx, cursor: JudgeCursor, head: LogHead): Promise<Judged> {
  const { epoch, id: after, allAfter } = cursor;
  const events =
    after === head.id ? [] : await findEventsOfKinds(tx, kinds, { after, until: head.id }, mostEvents);
  const isFull = events.length === mostEvents;
  const news = newsOf(events, cursor.accessEventId);
  const concerned = events.length === 0 ? [] : await findConcerned(tx, news, mostSessions);
  await judgeThese(tx, concerned, head.id);
  if (concerned.length === mostSessions) return 'more';
  const others =
    isFull || allAfter === null || concerned.length > 0
      ? []
      : await findLiveAfter(tx, allAfter, mostSessions);
  await judgeThese(tx, others, head.id);
  const isOver = !isFull && concerned.length === 0 && others.length < mostSessions;
  const { id, nonce } = (isFull ? events.at(-1) : head) as LogHead;
  const moved: JudgeCursor = {
    ...{ epoch, id, nonce, accessEventId: news.accessEventId },
    allAfter: allAfter === null || isOver ? null : (others.at(-1) ?? allAfter),
  };
  if (id !== after || moved.allAfter !== allAfter) await moveJudgeCursor(tx, moved);
  return isFull || moved.allAfter !== null ? 'more' : 'all';
}

function newsOf(events: readonly Omit<LoggedEvent, 'body'>[], before: string): News {
  const subjects: Record<Concern, string[]> = {
    ...{ holder: [], 'lost holder': [], scope: [], user: [], account: [], target: [] },
    ...{ host: [], 'host set': [], 'project of hosts': [] },
  };
  let newestId: string | null = null;
  for (const event of events) {
    const concern = concernOf(event);
    if (concern === null) continue;
    newestId = event.id;
    subjects[concern].push(concern === 'project of hosts' ? event.scopeId : event.subjectId);
  }
  const createdIds = events.filter(({ kind }) => kind === created).map(({ subjectId }) => subjectId);
  return { subjects, newestId, createdIds, accessEventId: newestId ?? before };
}

/** Judges these, and notes for those that go on what they stand on and that everything up to the event was seen. */
async function judgeThese(tx: Tx, ids: readonly string[], seenEventId: string): Promise<void> {
  if (ids.length === 0) return;
  const sessions = await findJudged(tx, ids);
  const holders = await loadHolders(
    tx,
    sessions.map(({ userId }) => userId),
  );
  const refuses = await loadAddressJudge(tx, sessions);
  const verdicts = sessions.map((session) => {
    const { id, userId, accountId, isSpokenFor, targetId } = session;
    const { projectId: scopeId, orgId: scopeParentId } = session;
    const { acl, holdersOf } = holders(userId, accountId);
    const roles = isSpokenFor ? rolesBehind(acl, { id: targetId, scopeId, scopeParentId }) : [];
    const isLost = roles.length === 0 || !isOffered(session) || refuses(session);
    return { id, heldBy: holdersOf(roles), ends: isLost && session.onPermissionLoss === 'cancel' };
  });
  await lockSessions(tx, ids); // all at once: two updates one after the other could meet another's in a circle
  const lost = verdicts.filter(({ ends }) => ends).map(({ id }) => id);
  await endSessions(tx, lost, { reason: 'permission revoked' });
  await noteJudged(
    tx,
    verdicts.filter(({ ends }) => !ends),
    seenEventId,
  );
}

async function loadAddressJudge(
  tx: Tx,
  sessions: readonly JudgedSession[],
): Promise<(session: JudgedSession) => boolean> {
  const orgIds = [...new Set(sessions.map(({ orgId }) => orgId))];
  const policies = await findAddressPolicies(tx, ['global', ...orgIds]);
  const judges = new Map(policies.map((policy) => [policy.scopeId, addressJudge(policy)]));
  return ({ orgId, endpointHost }) =>
    ['global', orgId].some((scopeId) => (judges.get(scopeId)?.(endpointHost) ?? null) !== null);
}
