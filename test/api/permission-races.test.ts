import type { Ctx } from '../../src/core/ctx';
import { cursorCodec } from '../../src/api/cursor';
import { systemClock } from '../../src/core/clock';
import { silentLog } from '../../src/core/log';
import type { Database } from '../../src/db/database';
import { openEventCursor, sealEventCursor } from '../../src/events/event-cursor';
import { findHead, numberEvents } from '../../src/events/event.store';
import { startTail, type Tail } from '../../src/events/tail';
import { deleteAuthToken } from '../../src/auth/delete-auth-token';
import { RequestContext, type RequestParts } from '../../src/graphql/request-context';
import { changeGroupMembers, deleteGroup } from '../../src/group/change-group';
import { changeSetHosts } from '../../src/host/change-host-set';
import { updateHost } from '../../src/host/change-host';
import { changeRoleGrants } from '../../src/role/change-role-grants';
import { deleteRole } from '../../src/role/change-role';
import { loadAcl } from '../../src/role/load-acl';
import { cancelSession } from '../../src/session/cancel-session';
import { judgeSessions } from '../../src/session/judge-sessions';
import type { SessionStreamItem } from '../../src/session/session-event';
import { watchSessions } from '../../src/session/watch-sessions';
import { watchSession } from '../../src/session/watch-session';
import { changeTargetHostSources, deleteTarget, updateTarget } from '../../src/target/change-target';
import { authorizeGrant } from '../support/access-place';
import {
  askForSession,
  doneOrWaiting,
  newWay,
  openBench,
  sessionsOn,
  type Bench,
  type Way,
} from '../support/revocation-bench';
import { eventually } from '../support/session-client';
import { once, withPoints } from '../support/statement-points';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Loss = [name: string, goesBy: 'address' | 'hosts', lose: (ctx: Ctx, way: Way) => Promise<unknown>];
const losses: Loss[] = [
  ['the role is deleted', 'address', (ctx, { roleId: id }) => deleteRole(ctx, { id })],
  [
    'the role loses its grant',
    'address',
    (ctx, { roleId: id }) =>
      changeRoleGrants(ctx, 'remove', { id, expectedVersion: 1, grantStrings: [authorizeGrant] }),
  ],
  [
    'the user leaves the group',
    'address',
    (ctx, { groupId: id }) => changeGroupMembers(ctx, 'set', { id, expectedVersion: 1, memberIds: [] }),
  ],
  ['the group is deleted', 'address', (ctx, { groupId: id }) => deleteGroup(ctx, { id })],
  [
    'the target leads elsewhere',
    'address',
    (ctx, { targetId: id }) => updateTarget(ctx, { id, expectedVersion: 1, address: '10.0.0.2' }),
  ],
  ['the target is deleted', 'address', (ctx, { targetId: id }) => deleteTarget(ctx, { id })],
  ['the user signs out', 'address', (ctx, { user }) => deleteAuthToken(ctx, { id: user.tokenId })],
  [
    'the set is taken from the target',
    'hosts',
    (ctx, { targetId: id }) =>
      changeTargetHostSources(ctx, 'set', { id, expectedVersion: 1, hostSourceIds: [] }),
  ],
  [
    'the host is taken from the set',
    'hosts',
    (ctx, { hostSetId: id }) => changeSetHosts(ctx, 'set', { id, expectedVersion: 1, hostIds: [] }),
  ],
  [
    'the host leads elsewhere',
    'hosts',
    (ctx, { hostId: id }) => updateHost(ctx, { id, expectedVersion: 1, address: '10.0.0.2' }),
  ],
];

const loseBy = (lose: Loss[2], way: Way, through?: Database): Promise<unknown> =>
  bench.call(bench.admin, through).write('lose', (ctx) => lose(ctx, way));

/** Runs a race for each point, until it comes to one that is not there any more; how many there were. */
async function atEachPoint(race: (point: number) => Promise<boolean>): Promise<number> {
  for (let point = 0; ; point += 1) if (!(await race(point))) return point;
}

async function expectNobodyIn({ targetId }: Way, point: number): Promise<void> {
  const sessions = await sessionsOn(bench, targetId);
  // One that was asked for after the loss may go where the target leads now.
  const survivors = sessions.filter(
    ({ endpoint, reason }) => endpoint === '10.0.0.1' && reason !== 'permission revoked',
  );
  expect({ point, survivors }).toEqual({ point, survivors: [] });
}

describe('no session survives a loss', () => {
  describe.each([
    ['that is judged before the session is there', true],
    ['that is judged after it', false],
  ])('between two statements of its authorization, %s:', (_, isJudgedAtOnce) => {
    test.each(losses)('%s', async (_name, goesBy, lose) => {
      let made = 0;
      const points = await atEachPoint(async (point) => {
        const way = await newWay(bench, goesBy);
        let losing: Promise<unknown> = Promise.resolve();
        const { at, wasReached } = once(point, async () => {
          losing = loseBy(lose, way);
          await doneOrWaiting(bench, losing);
          if (isJudgedAtOnce) await bench.settle();
        });
        if ((await askForSession(bench, way, withPoints(bench.database, at))) !== null) made += 1;
        if (!wasReached()) return false;
        await losing;
        await bench.settle();
        await expectNobodyIn(way, point);
        return true;
      });
      expect(points).toBeGreaterThanOrEqual(10);
      expect(made).toBeGreaterThan(0);
    });
  });

  test.each(losses)(
    'when its authorization comes between two statements of it: %s',
    async (_, goesBy, lose) => {
      let made = 0;
      const points = await atEachPoint(async (point) => {
        const way = await newWay(bench, goesBy);
        let asking: Promise<string | null> = Promise.resolve(null);
        const { at, wasReached } = once(point, async () => {
          asking = askForSession(bench, way);
          await doneOrWaiting(bench, asking);
        });
        await loseBy(lose, way, withPoints(bench.database, at));
        if (!wasReached()) return false;
        if ((await asking) !== null) made += 1;
        await bench.settle();
        await expectNobodyIn(way, point);
        return true;
      });
      expect(points).toBeGreaterThanOrEqual(5);
      expect(made).toBeGreaterThan(0);
    },
  );
});

describe('a stream shows nothing from behind the place in the log where its reader lost what showed it', () => {
  const cursors = cursorCodec(Buffer.alloc(32, 1));
  const requestsOver = (database: Database): RequestParts => ({
    ...{ database, log: silentLog, loadAcl, cursors, eventCursors: cursors },
    tokens: { ttlSeconds: 3600, idleSeconds: 3600, most: 50 },
    sessions: {
      authorize: { workerLivenessMs: 15_000, detachedTtlSeconds: 300, mostOfUser: 1000 },
      watch: null as unknown as RequestParts['sessions']['watch'],
      log: silentLog,
    },
    workers: { livenessMs: 15_000, graceMs: 300_000 },
    ...(null as unknown as Pick<RequestParts, 'logins' | 'totpSecrets' | 'secrets' | 'reseal'>),
  });
  const revokes: [string, (way: Way) => Promise<unknown>, string, (way: Way) => string][] = [
    [
      'the role',
      (way) => loseBy((ctx, { roleId: id }) => deleteRole(ctx, { id }), way),
      'role.deleted',
      ({ roleId }) => roleId,
    ],
    [
      'the token',
      (way) => loseBy((ctx, { user }) => deleteAuthToken(ctx, { id: user.tokenId }), way),
      'auth-token.deleted',
      ({ user }) => user.tokenId,
    ],
  ];
  // As old as it may be: what is shown must not lean on the age of what is known.
  const settings = { beatMs: 60_000, mostWaiting: 2000, viewMaxAgeMs: 60_000 };

  describe.each([['from a snapshot on'], ['from a cursor on']])('%s, and loses', (from) => {
    test.each(revokes)('%s', async (_, revoke, kind, subjectOf) => {
      const shown = await newWay(bench);
      await askForSession(bench, shown);
      const tail = await startTail({
        ...{ reader: bench.database.reader, clock: systemClock, log: silentLog, pollMs: 5 },
      });
      let seen = 0;
      const points = await atEachPoint(async (point) => {
        const way = await newWay(bench);
        await numberEvents(bench.database.reader, 10_000);
        const start = await findHead(bench.database.reader);
        await askForSession(bench, shown);
        await numberEvents(bench.database.reader, 10_000);
        const { id: newest } = await findHead(bench.database.reader);
        await eventually('the tail to be there', () => Promise.resolve(reachedBy(tail) === newest));
        const { at, wasReached } = once(point, async () => {
          await askForSession(bench, shown); // something that came before, and something behind
          await revoke(way);
          await askForSession(bench, shown);
          await numberEvents(bench.database.reader, 10_000);
        });
        const database = withPoints(bench.database, at);
        const request = await RequestContext.open(requestsOver(database), {
          ...{ token: way.token, clientAddress: null },
        });
        const after = from === 'from a cursor on' ? sealEventCursor(cursors, start) : null;
        const parts = { database, tail, clock: systemClock, settings };
        const args = { scopeId: 'p_1234567890', recursive: false, after };
        const items: SessionStreamItem[] = [];
        const stream = await watchSessions(request, parts, args).catch(() => null);
        // The stream has begun; when it has not come to the point, there is none there.
        for (let item = await next(stream); item; item = await next(stream)) {
          items.push(item);
          if ('serverTime' in item && !wasReached()) break;
        }
        await stream?.return?.();
        if (!wasReached()) return false;
        const [lost] = await bench.fixture.sql<{ id: string }>(
          'select id from event where kind = $1 and subject_id = $2',
          [kind, subjectOf(way)],
        );
        const events = items.flatMap((item) => ('session' in item ? [item] : []));
        const late = events.filter(
          ({ cursor }) => BigInt(openEventCursor(cursors, cursor)!.id) >= BigInt(lost!.id),
        );
        expect({ point, late }).toEqual({ point, late: [] });
        seen += events.length;
        return true;
      });
      await tail.close();
      expect(points).toBeGreaterThanOrEqual(8);
      expect(seen).toBeGreaterThan(0);
    });
  });

  test('and one session is shown to nobody who may not read it any more', async () => {
    const shown = await newWay(bench);
    const tail = await startTail({
      ...{ reader: bench.database.reader, clock: systemClock, log: silentLog, pollMs: 5 },
    });
    const points = await atEachPoint(async (point) => {
      const sessionId = (await askForSession(bench, shown))!;
      const way = await newWay(bench);
      const { at, wasReached } = once(point, async () => {
        await revokes[0]![1](way);
        await bench.call(bench.admin).write('cancelSession', (ctx) => cancelSession(ctx, { id: sessionId }));
        await numberEvents(bench.database.reader, 10_000);
      });
      const database = withPoints(bench.database, at);
      const request = await RequestContext.open(requestsOver(database), {
        ...{ token: way.token, clientAddress: null },
      });
      const parts = { database, tail, clock: systemClock, settings };
      const stream = await watchSession(request, parts, sessionId).catch(() => null);
      const statuses: string[] = [];
      for (let item = await next(stream); item; item = await next(stream)) {
        statuses.push(item.status);
        if (!wasReached()) break;
      }
      await stream?.return?.();
      if (!wasReached()) return false;
      expect({ point, late: statuses.filter((status) => status !== 'pending') }).toEqual({ point, late: [] });
      return true;
    });
    await tail.close();
    expect(points).toBeGreaterThanOrEqual(5);
  });
});

function reachedBy(tail: Tail): string {
  const { since, stop } = tail.listen(() => {});
  stop();
  return since.id;
}

async function next<T>(stream: AsyncIterableIterator<T> | null): Promise<T | null> {
  if (stream === null) return null;
  try {
    const { value, done } = await stream.next();
    return done ? null : value;
  } catch {
    return null; // refused: nothing more is shown
  }
}

describe('a judge', () => {
  const endsOf = (id: string) =>
    bench.fixture.sql<{ status: string }>(
      `select body->'session'->>'status' as status from event where subject_id = $1 and kind = 'session.status_changed' order by id`,
      [id],
    );
  async function lostSession(): Promise<{ id: string; way: Way }> {
    const way = await newWay(bench);
    const id = (await askForSession(bench, way))!;
    await bench.settle();
    await loseBy((ctx, { roleId }) => deleteRole(ctx, { id: roleId }), way);
    await numberEvents(bench.database.reader, 10_000);
    return { id, way };
  }
  const expectEndedOnce = async (id: string, point: number): Promise<void> => {
    await bench.settle();
    const statuses = (await endsOf(id)).map(({ status }) => status);
    expect({ point, statuses }).toEqual({ point, statuses: ['canceling', 'terminated'] });
  };

  test('that dies between two statements has done nothing, and the next one does all of it', async () => {
    const points = await atEachPoint(async (point) => {
      const { id, way } = await lostSession();
      const { at, wasReached } = once(point, () => Promise.reject(new Error('died')));
      await judgeSessions(withPoints(bench.database, at)).catch(() => {});
      if (wasReached())
        expect((await sessionsOn(bench, way.targetId))[0]).toMatchObject({ status: 'pending' });
      await expectEndedOnce(id, point);
      return wasReached();
    });
    expect(points).toBeGreaterThanOrEqual(10);
  });

  test('lets no other judge beside it, and what it does is done once', async () => {
    const points = await atEachPoint(async (point) => {
      const { id } = await lostSession();
      const { at, wasReached } = once(point, async () => {
        expect(await judgeSessions(bench.database)).toBe(point === 0 ? 'all' : 'busy');
      });
      await judgeSessions(withPoints(bench.database, at));
      await expectEndedOnce(id, point);
      return wasReached();
    });
    expect(points).toBeGreaterThanOrEqual(4);
  });

  test('that is stopped for longer than two seconds gives way to another', async () => {
    const { id } = await lostSession();
    const { at } = once(3, async () => {
      let judged = 'busy';
      while (judged === 'busy') judged = await judgeSessions(bench.database);
    });
    await expect(judgeSessions(withPoints(bench.database, at))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await expectEndedOnce(id, 3);
  });

  test.each([
    ['of which the log is another one', `update event_log set epoch = 'restored'`],
    ['whose place in the log is another event', `update event set nonce = 'another'`],
    [
      'whose place has been dropped from the log',
      `delete from event where id <= (select event_id from session_judge)`,
    ],
  ])('%s judges all sessions', async (_, sql) => {
    const [lost, kept] = [await newWay(bench), await newWay(bench)];
    await askForSession(bench, lost);
    await askForSession(bench, kept);
    await bench.settle();
    await bench.fixture.sql('delete from role where id = $1', [lost.roleId]); // of which no event tells
    await bench.settle();
    expect(await sessionsOn(bench, lost.targetId)).toMatchObject([{ status: 'pending' }]);
    await askForSession(bench, kept); // an event behind the cursor's place
    await numberEvents(bench.database.reader, 10_000);
    await bench.fixture.sql(sql);
    await bench.settle();
    expect(await sessionsOn(bench, lost.targetId)).toMatchObject([{ reason: 'permission revoked' }]);
    expect(await sessionsOn(bench, kept.targetId)).toMatchObject([
      { status: 'pending' },
      { status: 'pending' },
    ]);
  });

  test('judges what an older release has authorized at any change, and notes what it stands on', async () => {
    const [lost, kept, other] = [await newWay(bench), await newWay(bench), await newWay(bench)];
    const [lostId, keptId] = [await askForSession(bench, lost), await askForSession(bench, kept)];
    await bench.settle();
    await bench.fixture.sql(`update session set access_event_id = null, held_by = '{}' where id = any($1)`, [
      [lostId, keptId],
    ]);
    await bench.fixture.sql('delete from role where id = $1', [lost.roleId]);
    await loseBy((ctx, { roleId: id }) => deleteRole(ctx, { id }), other);
    await bench.settle();
    expect(await sessionsOn(bench, lost.targetId)).toMatchObject([{ reason: 'permission revoked' }]);
    const [row] = await bench.fixture.sql<{ held_by: string[] }>(
      'select held_by from session where id = $1',
      [keptId],
    );
    expect(row!.held_by.sort()).toEqual([kept.groupId, kept.roleId].sort());
  });

  test('ends 250 sessions of one role in three transactions of a dozen statements each', async () => {
    const way = await newWay(bench);
    for (let made = 0; made < 250; made += 1) await askForSession(bench, way);
    await bench.settle();
    await loseBy((ctx, { roleId: id }) => deleteRole(ctx, { id }), way);
    await numberEvents(bench.database.reader, 10_000);
    const counts: number[] = [];
    let judged = 'more';
    while (judged === 'more') {
      let count = 0;
      judged = await judgeSessions(
        withPoints(bench.database, (point) => Promise.resolve(void (count = point))),
      );
      counts.push(count);
    }
    expect(counts).toHaveLength(3);
    expect(Math.max(...counts)).toBeLessThanOrEqual(16);
    await expectNobodyIn(way, 0);
  });
});

test('deleting a target with 250 sessions takes statements by the hundred of them, not by the one', async () => {
  const way = await newWay(bench);
  for (let made = 0; made < 250; made += 1) await askForSession(bench, way);
  let count = 0;
  const database = withPoints(bench.database, (point) => Promise.resolve(void (count = point)));
  await loseBy((ctx, { targetId: id }) => deleteTarget(ctx, { id }), way, database);
  expect(count).toBeLessThan(25);
  await expectNobodyIn(way, 0);
});

test('asking for a session takes nine statements in its transaction', async () => {
  const way = await newWay(bench);
  let count = 0;
  const database = withPoints(bench.database, (point) => Promise.resolve(void (count = point)));
  expect(await askForSession(bench, way, database)).not.toBeNull();
  expect(count).toBe(9);
});
