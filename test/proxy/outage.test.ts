import { WorkerRefusal } from '../../src/cli/connect/worker-socket';
import type { RefusalCode } from '../../src/proxy/handshake';
import { closeEverything, expectEcho, startDataPlane, type DataPlane } from '../support/data-plane';
import type { MemorySession, Operation } from '../support/memory-authority';
import { echoing, type TcpHost } from '../support/tcp-host';

let plane: DataPlane;
let echo: TcpHost;
beforeEach(async () => {
  plane = await startDataPlane();
  echo = await plane.host(echoing);
});
afterEach(closeEverything);

async function codeOf(
  session: MemorySession,
  purpose?: 'control' | 'cancel',
): Promise<RefusalCode | 'served'> {
  try {
    await plane.open(session, purpose);
    return 'served';
  } catch (error) {
    return (error as WorkerRefusal).refusal.code;
  }
}

/** Waits until so many reports more have been made. */
async function reports(more: number): Promise<void> {
  await plane.authority.called('report', plane.authority.callsOf('report').length + more);
}

describe('a controller that cannot be reached', () => {
  test.each<[string, Operation, 'control' | 'cancel' | undefined]>([
    ['a session is looked up', 'lookup', undefined],
    ['a session is looked up for its control connection', 'lookup', 'control'],
    ['a session is made active', 'activate', undefined],
    ['a place is asked for', 'authorize', undefined],
    ['a session is ended by its user', 'closedByUser', 'cancel'],
  ])('when %s makes the worker say that it is unavailable, and serve again afterwards', async (...row) => {
    const [, operation, purpose] = row;
    const session = plane.session({ port: echo.port });
    const other = await plane.open(plane.session({ port: echo.port, isActive: true }));
    plane.authority.fail(operation);
    expect(await codeOf(session, purpose)).toBe('UNAVAILABLE');
    expect(await codeOf(session, purpose)).toBe('UNAVAILABLE');
    await expectEcho(other, 'meanwhile');
    plane.authority.recover();
    expect(await codeOf(session, purpose)).toBe('served');
    expect(echo.reached()).toBe(purpose === undefined ? 2 : 1);
  });

  test('cuts nothing that is open', async () => {
    const client = await plane.open(plane.session({ port: echo.port }));
    plane.authority.fail('report');
    await reports(5);
    await expectEcho(client, 'still here');
  });

  test('when a session is served already takes no new connections for it, and breaks none', async () => {
    const session = plane.session({ port: echo.port });
    const client = await plane.open(session);
    plane.authority.fail('lookup', 'activate', 'authorize', 'report');
    expect(await codeOf(session)).toBe('UNAVAILABLE');
    await expectEcho(client, 'still here');
  });

  test('learns of every end once it is back, with the true reasons and the last bytes', async () => {
    const session = plane.session({ port: echo.port });
    const clients = [await plane.open(session), await plane.open(session), await plane.open(session)];
    for (const [index, client] of clients.entries()) await expectEcho(client, 'x'.repeat(index + 1));
    plane.authority.fail('closed', 'report');
    for (const client of clients) client.socket.end();
    await plane.authority.called('closed', 2);
    expect(plane.authority.ends).toHaveLength(0);
    plane.authority.recover();
    const ends = await plane.authority.ended(3);
    expect(ends.map(({ reason, bytesUp }) => [reason, Number(bytesUp)]).sort()).toEqual([
      ['closed by client', 1],
      ['closed by client', 2],
      ['closed by client', 3],
    ]);
  });

  test('when a connection is reported as open still hears of its end', async () => {
    plane.authority.fail('connected');
    const client = await plane.open(plane.session({ port: echo.port }));
    await expectEcho(client, 'served all the same');
    client.socket.end();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 19n, bytesDown: 19n });
  });

  test('is asked to forget a session that went away while it was silent', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 1 });
    plane.authority.fail('authorize');
    expect(await codeOf(session)).toBe('UNAVAILABLE');
    await reports(2);
    expect(plane.authority.callsOf('report').at(-1)).toMatchObject({ subject: '' });
  });
});

describe('a controller and a worker that have lost sight of each other', () => {
  test('agree again when the answer that gave a place was lost: the place is given back', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 1, isActive: true });
    plane.authority.loseAnswersOf('authorize');
    expect(await codeOf(session)).toBe('UNAVAILABLE');
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'system error', endpointAddress: null });
    expect(session.used).toBe(0);
    plane.authority.recover();
    expect(await codeOf(session)).toBe('served');
  });

  test('agree again when the controller took the worker for lost: what it closed is cut', async () => {
    const session = plane.session({ port: echo.port });
    const [one, other] = [await plane.open(session), await plane.open(session)];
    const place = await plane.authority.until(
      'a place',
      () => plane.authority.callsOf('connected')[0]?.subject,
    );
    plane.authority.forget(place);
    await plane.authority.ended(1);
    await Promise.race([one.ended(), other.ended()]);
    expect(plane.authority.ends).toMatchObject([{ id: place, reason: 'worker lost' }]);
  });

  test('compare what is held at once after an outage, and now and then without one', async () => {
    await plane.open(plane.session({ port: echo.port }));
    await plane.authority.called('report', 30);
    const without = plane.authority.held.length;
    expect(without).toBeGreaterThan(1);
    expect(without).toBeLessThan(10);
    plane.authority.fail('report');
    await reports(2);
    plane.authority.recover();
    await reports(2);
    expect(plane.authority.held.length).toBeGreaterThan(without);
    expect(plane.authority.held.at(-1)).toHaveLength(1);
  });
});

describe('a controller that is slow', () => {
  test('with one session does not hold up another', async () => {
    const session = plane.session({ port: echo.port });
    const control = await plane.open(session, 'control');
    const gate = plane.authority.holdBack('lookup');
    const slow = await plane.knock(plane.session({ port: echo.port }));
    await plane.authority.until('the lookup', () => gate.waiting() === 1);
    await expectEcho(await plane.open(session), 'known already');
    gate.open();
    expect(await slow.heard.frame()).toMatchObject({ ok: true });
    expect(control.hasEnded).toBe(false);
  });

  test('to hear of a beginning hears of the end after it', async () => {
    const gate = plane.authority.holdBack('connected');
    const client = await plane.open(plane.session({ port: echo.port }));
    await expectEcho(client, 'brief');
    client.socket.end();
    await client.ended();
    await reports(3);
    expect(plane.authority.callsOf('closed')).toHaveLength(0);
    gate.open();
    await plane.authority.ended(1);
    const order = plane.authority.calls.map(({ operation }) => operation);
    expect(order.indexOf('closed')).toBeGreaterThan(order.indexOf('connected'));
  });

  test('to give a place gives it back when the client has gone meanwhile', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 1 });
    const gate = plane.authority.holdBack('authorize');
    const client = await plane.knock(session);
    await plane.authority.until('the place to be asked for', () => gate.waiting() === 1);
    await reports(1);
    client.tcp.resetAndDestroy();
    await reports(2);
    gate.open();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client' });
    expect(session.used).toBe(0);
    expect(await codeOf(session)).toBe('served');
  });

  test('to know a session is no reason to serve it for a control connection that has gone', async () => {
    const session = plane.session({ port: echo.port });
    const gate = plane.authority.holdBack('lookup');
    const client = await plane.knock(session, 'control');
    await plane.authority.until('the lookup', () => gate.waiting() === 1);
    await reports(1);
    client.tcp.resetAndDestroy();
    await reports(2);
    gate.open();
    await reports(3);
    expect(plane.authority.callsOf('report').at(-1)).toMatchObject({ subject: '' });
  });

  test('to know a session is no reason to lose what a control connection then ends', async () => {
    const session = plane.session({ port: echo.port });
    const gate = plane.authority.holdBack('lookup');
    const client = await plane.knock(session, 'control');
    await plane.authority.until('the lookup', () => gate.waiting() === 1);
    client.tls.end();
    await reports(2);
    gate.open();
    expect(await client.heard.frame()).toMatchObject({ ok: true });
    await client.heard.ended();
    await reports(3);
    expect(plane.authority.callsOf('report').at(-1)).toMatchObject({ subject: '' });
  });
});
