import type { LoggedEvent } from '../../src/events/event.store';
import type { Tail, TailListener } from '../../src/events/tail';
import { watchTokens, type TokenWatch } from '../../src/graphql/token-watch';
import { keptLog } from '../support/kept-log';
import { ManualClock } from '../support/manual-clock';

const event = (kind: string, subjectId = 'x', body: object = {}): LoggedEvent => ({
  ...{ id: '1', nonce: '', at: '', kind, subjectId, scopeId: 'global', revision: 1 },
  body: body as LoggedEvent['body'],
});

/** Lets what has been resolved run on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new ManualClock();
  const log = keptLog();
  const asked: (readonly string[])[] = [];
  const good = new Set<string>();
  let isDown = false;
  const listeners = new Set<TailListener>();
  const tail: Tail = {
    listen(listener) {
      listeners.add(listener);
      return { since: { epoch: '', id: '0', nonce: '' }, stop: () => void listeners.delete(listener) };
    },
    poke: () => {},
    close: () => Promise.resolve(),
  };
  const watch: TokenWatch = watchTokens({
    ...{ tail, clock, log, pauseMs: 200, everyMs: 15_000 },
    findGood: (ids) => {
      asked.push([...ids].sort());
      return isDown ? Promise.reject(new Error('away')) : Promise.resolve(ids.filter((id) => good.has(id)));
    },
  });
  const ended: string[] = [];
  return {
    ...{ watch, asked, good, ended, log, listeners },
    add(id: string, name = id): () => void {
      good.add(id);
      return watch.add(id, () => ended.push(name));
    },
    tell: (...events: LoggedEvent[]) => listeners.forEach((listener) => listener(events)),
    setDown: (to: boolean) => (isDown = to),
    async pass(ms: number) {
      clock.advance(ms);
      await settled();
    },
  };
}

describe('the watch over tokens', () => {
  test('asks for all at once when the log tells of one, and ends those that are gone alone', async () => {
    const { add, tell, pass, asked, good, ended } = setUp();
    for (const [id, name] of [
      ['at_1', 'a'],
      ['at_1', 'b'],
      ['at_2', 'c'],
      ['at_3', 'd'],
    ])
      add(id!, name);
    await pass(1000);
    expect(asked).toEqual([]);
    good.delete('at_1');
    tell(event('auth-token.deleted', 'at_1'));
    await pass(0);
    expect(asked).toEqual([['at_1', 'at_2', 'at_3']]);
    expect(ended).toEqual(['a', 'b']);
  });

  test('looks at most once in a while, however much is told, and misses nothing', async () => {
    const { add, tell, pass, asked, good, ended } = setUp();
    const ids = Array.from({ length: 50 }, (_, i) => `at_${i}`);
    for (const id of ids) add(id);
    await pass(1000);
    for (const id of ids) {
      good.delete(id);
      tell(event('auth-token.deleted', id));
      await pass(10);
    }
    await pass(200);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect([...new Set(ended)].sort()).toEqual([...ids].sort());
  });

  test.each<[string, LoggedEvent, number]>([
    ['a token that nobody here uses', event('auth-token.deleted', 'at_other'), 0],
    ['a token in use', event('auth-token.deleted', 'at_1'), 1],
    ['a new token', event('auth-token.created', 'at_1'), 0],
    ['a session', event('session.status_changed', 's_1'), 0],
    ['a user who is renamed', event('user.changed', 'u_1', { isDisabled: false }), 0],
    ['a user who is disabled', event('user.changed', 'u_1', { isDisabled: true }), 1],
    ['an account that is disabled', event('account.changed', 'acctpw_1', { isDisabled: true }), 1],
    ['a user who is deleted', event('user.deleted'), 1],
    ['an account that is deleted', event('account.deleted'), 1],
    ['an auth method that is deleted', event('auth-method.deleted'), 1],
    ['a scope that is deleted', event('scope.deleted'), 1],
    ['a host that is deleted', event('host.deleted'), 0],
  ])('news of %s', async (_, news, looks) => {
    const { add, tell, pass, asked } = setUp();
    add('at_1');
    await pass(1000);
    tell(news);
    await pass(0);
    expect(asked).toHaveLength(looks);
  });

  test('looks every now and then without any news, and at nothing when there is nothing', async () => {
    const { add, pass, asked, good, ended } = setUp();
    await pass(30_000);
    expect(asked).toEqual([]);
    const leave = add('at_1');
    add('at_2');
    good.delete('at_2');
    await pass(15_000);
    expect([asked, ended]).toEqual([[['at_1', 'at_2']], ['at_2']]);
    leave();
    expect(asked).toHaveLength(1);
  });

  test('ends nothing while the database is away, says so once, and makes up for it', async () => {
    const { add, tell, pass, asked, good, ended, log, setDown } = setUp();
    add('at_1');
    await pass(1000);
    good.delete('at_1');
    setDown(true);
    tell(event('auth-token.deleted', 'at_1'));
    await pass(0);
    await pass(200);
    await pass(200);
    expect([asked.length, ended, log.lines.length]).toEqual([3, [], 1]);
    setDown(false);
    await pass(200);
    expect(ended).toEqual(['at_1']);
  });

  test('asks for nothing any more once it is closed', async () => {
    const { watch, add, pass, asked, listeners } = setUp();
    add('at_1');
    await watch.close();
    await pass(60_000);
    expect([asked, listeners.size]).toEqual([[], 0]);
  });
});
