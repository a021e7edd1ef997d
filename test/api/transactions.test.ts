import type { DataSource } from 'typeorm';
import { systemClock } from '../../src/core/clock';
import type { Ctx } from '../../src/core/ctx';
import { Failure } from '../../src/core/failure';
import { silentLog } from '../../src/core/log';
import type { ChangeGuard, Fact, Reactor } from '../../src/core/tx';
import { makeCall } from '../../src/db/call';
import { openDataSource } from '../../src/db/data-source';
import { openDatabase, type Database } from '../../src/db/database';
import { entities } from '../../src/entities';
import { startTail } from '../../src/events/tail';
import type { LoggedEvent } from '../../src/events/event.store';
import { loadAcl } from '../../src/role/load-acl';
import { Target } from '../../src/target/target.entity';
import { findTarget } from '../../src/target/target.store';
import { eventually } from '../support/session-client';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let fixture: TestDatabase;
const sources: DataSource[] = [];

async function open(
  parts: { guard?: ChangeGuard; reactors?: Reactor[]; poolSize?: number } = {},
): Promise<Database> {
  const source = await openDataSource(
    {
      url: fixture.url,
      poolSize: parts.poolSize ?? 4,
      statementTimeoutMs: 5000,
      applicationName: 'test',
      clockShift: null,
    },
    entities,
  );
  sources.push(source);
  const { guard = { check: () => Promise.resolve() }, reactors = [] } = parts;
  return openDatabase({ source, guard, reactors, onFacts: () => {} });
}
const fact = (kind: string, revision = 1): Fact => ({
  kind,
  subjectId: 's_test000000',
  scopeId: 'p_1234567890',
  revision,
  body: {},
});
const kinds = async (): Promise<string[]> =>
  (await fixture.sql<{ kind: string }>('select kind from event_inbox order by seq')).map((row) => row.kind);
const newTarget = { scopeId: 'p_1234567890', address: '127.0.0.1', defaultPort: 22 };

beforeAll(async () => {
  fixture = await createTestDatabase();
  await fixture.sql('delete from audit');
});
afterEach(async () => {
  for (const source of sources.splice(0)) await source.destroy();
  await fixture.sql('delete from event_inbox');
  await fixture.sql('delete from audit');
});
afterAll(() => fixture.drop());

describe('a transaction', () => {
  test('writes rows, audit and facts together, or none of them', async () => {
    const database = await open();
    const work = (fail: boolean) =>
      makeCall(
        { database, log: silentLog, loadAcl },
        { actor: { kind: 'system', name: 'test' }, clientAddress: null },
      ).write('tryIt', async (ctx) => {
        const target = await ctx.tx.insert(Target, {
          ...newTarget,
          id: `ttcp_${fail ? 'fails' : 'works'}00000`,
          name: fail ? 'fails' : 'works',
        });
        ctx.tx.record(fact('test.happened'));
        ctx.note({ resourceType: 'target', resourceId: target.id });
        if (fail) throw new Failure({ code: 'INVALID_STATE', state: 'x', message: 'no' });
        return target;
      });
    await expect(work(true)).rejects.toThrow('no');
    expect(await findTarget(database.reader, 'ttcp_fails00000')).toBeNull();
    expect(await kinds()).toEqual([]);
    expect(await work(false)).toMatchObject({ id: 'ttcp_works00000', version: 1, sessionMaxSeconds: 28800 });
    expect(await kinds()).toEqual(['test.happened']);
    expect(
      await fixture.sql(
        'select operation, outcome, error_code, resource_id, actor_id from audit order by id',
      ),
    ).toEqual([
      {
        operation: 'tryIt',
        outcome: 'refused',
        error_code: 'INVALID_STATE',
        resource_id: 'ttcp_fails00000',
        actor_id: 'test',
      },
      {
        operation: 'tryIt',
        outcome: 'done',
        error_code: null,
        resource_id: 'ttcp_works00000',
        actor_id: 'test',
      },
    ]);
  });

  test('shows each fact, also those reactors add, to every reactor once, in order, before any is appended', async () => {
    const seen: string[] = [];
    const reactor = (name: string, adds?: string): Reactor => ({
      name,
      kinds: ['first', 'second'],
      react: async (tx, { kind }) => {
        seen.push(`${name} ${kind}`);
        if (adds && kind === 'first') tx.record(fact(adds, 2));
        expect(await tx.query('select kind from event_inbox')).toEqual([]);
      },
    });
    const database = await open({ reactors: [reactor('a', 'second'), reactor('b')] });
    await database.transact((tx) => Promise.resolve(tx.record(fact('first'))));
    expect(seen).toEqual(['a first', 'b first', 'a second', 'b second']);
    expect(await kinds()).toEqual(['first', 'second']);
  });

  test('is undone by a reactor that refuses', async () => {
    const refuse: Reactor = {
      name: 'no',
      kinds: ['first'],
      react: () => Promise.reject(new Failure({ code: 'PLAN_STALE' })),
    };
    const database = await open({ reactors: [refuse] });
    await expect(database.transact((tx) => Promise.resolve(tx.record(fact('first'))))).rejects.toMatchObject({
      code: 'PLAN_STALE',
    });
    expect(await kinds()).toEqual([]);
  });

  test('asks the guard before every change, and changes nothing when it refuses', async () => {
    const asked: object[] = [];
    const guard: ChangeGuard = {
      check: (_tx, row, patch) => {
        asked.push({ id: row.id, patch });
        return Promise.reject(new Failure({ code: 'MANAGED_ELSEWHERE', manager: 'git:x' }));
      },
    };
    const database = await open({ guard });
    const target = (await findTarget(database.reader, 'ttcp_1234567890'))!;
    await expect(database.transact((tx) => tx.change(target, { name: 'other' }))).rejects.toMatchObject({
      code: 'MANAGED_ELSEWHERE',
    });
    expect(asked).toEqual([{ id: 'ttcp_1234567890', patch: { name: 'other' } }]);
    expect((await findTarget(database.reader, 'ttcp_1234567890'))!.version).toBe(1);
  });

  test('counts the version of a row only when it changes, and refuses a stale one with the present one', async () => {
    const database = await open();
    const read = async () => (await findTarget(database.reader, 'ttcp_0987654321'))!;
    const change = (patch: Partial<Target>, expected?: number) =>
      read().then((row) => database.transact((tx) => tx.change(row, patch, expected)));
    expect(await change({ description: 'new' }, 1)).toMatchObject({ version: 2, description: 'new' });
    expect(await change({ description: 'new' }, 2)).toMatchObject({ version: 2 });
    await expect(change({ description: 'newer' }, 1)).rejects.toMatchObject({
      problem: { code: 'VERSION_CONFLICT', currentVersion: 2 },
    });
  });

  test.each<[string, (ctx: Ctx['tx']) => Promise<unknown>, object]>([
    [
      'a name that is taken',
      (tx) =>
        tx.insert(Target, {
          ...newTarget,
          id: 'ttcp_again00000',
          name: 'Generated target with a direct address',
        }),
      { code: 'CONFLICT', rule: 'target name must be unique in its project' },
    ],
    [
      'an address with a port in it',
      (tx) => tx.insert(Target, { ...newTarget, id: 'ttcp_again00000', name: 'x', address: '10.0.0.1:22' }),
      {
        code: 'INVALID_INPUT',
        issues: [{ path: '', message: 'address must be a host name or ip without a port' }],
      },
    ],
    [
      'a scope that does not exist',
      (tx) => tx.insert(Target, { ...newTarget, id: 'ttcp_again00000', name: 'x', scopeId: 'p_0000000000' }),
      { code: 'CONFLICT', rule: 'target scope must exist' },
    ],
    [
      'a port out of range',
      (tx) => tx.insert(Target, { ...newTarget, id: 'ttcp_again00000', name: 'x', defaultPort: 70_000 }),
      { code: 'INVALID_INPUT', issues: [{ path: '', message: 'target default port must be 1 to 65535' }] },
    ],
    [
      'an address beside host sources',
      (tx) => tx.query(`update target set address = '127.0.0.1' where id = 'ttcp_0987654321'`),
      {
        code: 'INVALID_INPUT',
        issues: [{ path: '', message: 'target must have an address or host sources not both' }],
      },
    ],
    [
      'another scope for a target',
      (tx) => tx.query(`update target set scope_id = 'p_0000000000' where id = 'ttcp_0987654321'`),
      { code: 'INVALID_INPUT', issues: [{ path: '', message: 'target scope id is immutable' }] },
    ],
    [
      'the end of the global scope',
      (tx) => tx.query(`delete from scope where id = 'global'`),
      { code: 'INVALID_INPUT', issues: [{ path: '', message: 'scope global cannot be deleted' }] },
    ],
  ])('%s is refused by the rule’s own name', async (_, work, problem) => {
    const database = await open();
    await expect(database.transact(work)).rejects.toMatchObject({ problem });
  });

  test('runs again when it met another in a circle', async () => {
    const database = await open();
    const lock = (id: string) => `update target set description = 'x' || random() where id = '${id}'`;
    let attempts = 0;
    let bothIn: () => void = () => {};
    const together = new Promise<void>((resolve) => (bothIn = resolve));
    let inside = 0;
    const work = (first: string, second: string, other: () => Promise<unknown>) => {
      let mine = 0;
      return database.transact(async (tx) => {
        attempts += 1;
        mine += 1;
        // Whoever runs again lets the other through, or it may be first at its row once more and close the circle again.
        if (mine > 1) await other();
        await tx.query(lock(first));
        inside += 1;
        if (inside === 2) bothIn();
        await together;
        await tx.query(lock(second));
      });
    };
    const one: Promise<void> = work('ttcp_1234567890', 'ttcp_0987654321', () => two);
    const two: Promise<void> = work('ttcp_0987654321', 'ttcp_1234567890', () => one);
    await Promise.all([one, two]);
    expect(attempts).toBe(3);
  });

  test('whose connection dies between two statements fails, and takes nothing else with it', async () => {
    const database = await open({ poolSize: 1 });
    const failing = database.transact(async (tx) => {
      const [mine] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await fixture.sql('select pg_terminate_backend($1)', [mine!.pid]);
      await eventually('the connection to be gone', async () => {
        const rows = await fixture.sql('select from pg_stat_activity where pid = $1', [mine!.pid]);
        return rows.length === 0;
      });
      await tx.query('select 1');
    });
    await expect(failing).rejects.toMatchObject({ problem: { code: 'UNAVAILABLE', what: 'the database' } });
    await database.ping();
  });

  test('needs one connection and no second, whatever it does', async () => {
    const database = await open({ poolSize: 1 });
    const call = makeCall(
      { database, log: silentLog, loadAcl },
      { actor: { kind: 'anonymous', reason: 'no token' }, clientAddress: null },
    );
    await call.write('tryIt', async (ctx) => {
      await ctx.acl();
      await findTarget(ctx.tx, 'ttcp_1234567890');
      ctx.tx.record(fact('one'));
    });
    expect(await kinds()).toEqual(['one']);
  });
});

describe('the event log', () => {
  test('32 writers, three who number: every fact comes to every reader once, and those of one subject in order', async () => {
    const database = await open({ poolSize: 20 });
    const tails = await Promise.all(
      [1, 2, 3].map(() =>
        startTail({ reader: database.reader, clock: systemClock, log: silentLog, pollMs: 5 }),
      ),
    );
    const heard: LoggedEvent[][] = tails.map(() => []);
    tails.forEach((tail, i) => tail.listen((events) => heard[i]!.push(...events)));
    const [writers, each] = [32, 40];
    await fixture.sql('create table counter (id int primary key, n int not null default 0)');
    await fixture.sql('insert into counter select generate_series(1, 8)');
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let i = 0; i < each; i++) {
          await database.transact(async (tx) => {
            const subject = (writer % 8) + 1;
            const [row] = await tx.query<{ n: number }>(
              'update counter set n = n + 1 where id = $1 returning n',
              [subject],
            );
            tx.record({
              kind: 'count',
              subjectId: `subject ${subject}`,
              scopeId: 'p',
              revision: row!.n,
              body: {},
            });
          });
        }
      }),
    );
    const mine = (events: LoggedEvent[]) => events.filter((event) => event.kind === 'count');
    await eventually('all of them', () =>
      Promise.resolve(heard.every((events) => mine(events).length >= writers * each)),
    );
    for (const events of heard) {
      const counts = mine(events);
      expect(counts).toHaveLength(writers * each);
      const ids = counts.map((event) => BigInt(event.id));
      expect(ids.every((id, i) => i === 0 || id > ids[i - 1]!)).toBe(true);
      for (let subject = 1; subject <= 8; subject++) {
        const revisions = counts
          .filter((event) => event.subjectId === `subject ${subject}`)
          .map((event) => event.revision);
        expect(revisions).toEqual(Array.from({ length: (writers / 8) * each }, (_, i) => i + 1));
      }
    }
    await Promise.all(tails.map((tail) => tail.close()));
  });

  test('a fact of a transaction that is still open holds nobody up, and comes when it commits', async () => {
    const database = await open();
    const tail = await startTail({ reader: database.reader, clock: systemClock, log: silentLog, pollMs: 5 });
    const heard: string[] = [];
    tail.listen((events) => heard.push(...events.map((event) => event.kind)));
    let commit: () => void = () => {};
    const slow = database.transact(async (tx) => {
      await tx.query(
        `insert into event_inbox (kind, subject_id, scope_id, revision, body) values ('slow', 's', 'p', 1, '{}')`,
      );
      await new Promise<void>((resolve) => (commit = resolve));
    });
    await eventually('the slow one to be in', () => Promise.resolve(commit.name !== ''));
    await database.transact((tx) => Promise.resolve(tx.record(fact('fast'))));
    await eventually('the fast one', () => Promise.resolve(heard.includes('fast')));
    expect(heard).not.toContain('slow');
    commit();
    await slow;
    await eventually('the slow one', () => Promise.resolve(heard.includes('slow')));
    await tail.close();
  });
});
