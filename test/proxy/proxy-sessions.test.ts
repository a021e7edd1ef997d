import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { openWorkerSocket, WorkerRefusal } from '../../src/cli/connect/worker-socket';
import type { Refusal } from '../../src/proxy/handshake';
import { makeIdentity } from '../../src/proxy/identity';
import {
  closeEverything,
  closeLater,
  expectEcho,
  startDataPlane,
  type DataPlane,
} from '../support/data-plane';
import { startDeafHost, type DeafHost } from '../support/deaf-host';
import type { MemorySession } from '../support/memory-authority';
import { echoing, freePort, type TcpHost } from '../support/tcp-host';

let plane: DataPlane;
let echo: TcpHost;
beforeEach(async () => {
  plane = await startDataPlane();
  echo = await plane.host(echoing);
});
afterEach(closeEverything);

async function deafHost(): Promise<DeafHost> {
  return closeLater(await startDeafHost(), (host) => host.close());
}

/** What a worker says to a client that it does not serve. */
async function refusalOf(session: MemorySession, purpose?: 'control' | 'cancel'): Promise<Refusal> {
  const error: unknown = await plane.open(session, purpose).then(
    () => 'it was served',
    (one: unknown) => one,
  );
  expect(error).toBeInstanceOf(WorkerRefusal);
  return (error as WorkerRefusal).refusal;
}

describe('an order to end a session', () => {
  test('cuts its connections within a second, and tells its clients why and by whom', async () => {
    const host = await plane.host();
    const session = plane.session({ port: host.port });
    const control = await plane.open(session, 'control');
    const clients = [await plane.open(session), await plane.open(session)];
    const hosts = [await host.next(), await host.next()];
    const startedAt = performance.now();
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    expect(await control.frame()).toEqual({ type: 'ended', reason: 'canceled', by: 'ann' });
    await Promise.all([...clients, ...hosts].map((one) => one.ended()));
    expect(performance.now() - startedAt).toBeLessThan(1000);
    const ends = await plane.authority.ended(2);
    expect(ends.map(({ reason }) => reason)).toEqual(['canceled', 'canceled']);
  });

  test('cuts a connection in the middle of a transfer that nobody reads', async () => {
    const host = await plane.host();
    const session = plane.session({ port: host.port });
    const client = await plane.open(session);
    client.socket.pause();
    const there = await host.next();
    there.socket.write(Buffer.alloc(32 * 1024 * 1024));
    await plane.authority.until('bytes to be passed', () =>
      plane.authority.callsOf('report').some(({ facts }) => facts.length > 0),
    );
    plane.authority.order(session, 'canceled', null, 'canceled');
    const [end] = await plane.authority.ended(1, 1000);
    expect(end).toMatchObject({ reason: 'canceled' });
    await there.closed();
  });

  test('leaves the connections of other sessions alone', async () => {
    const other = await plane.open(plane.session({ port: echo.port }));
    const session = plane.session({ port: echo.port });
    const client = await plane.open(session);
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    await client.ended();
    await expectEcho(other, 'not me');
  });

  test('that was missed is made good by the next report', async () => {
    const session = plane.session({ port: echo.port });
    const control = await plane.open(session, 'control');
    const client = await plane.open(session);
    plane.authority.decide(session, 'permission revoked', 'root', 'permission revoked');
    expect(await control.frame()).toEqual({ type: 'ended', reason: 'permission revoked', by: 'root' });
    await client.ended();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'permission revoked' });
  });

  test('given twice tells its clients once', async () => {
    const session = plane.session({ port: echo.port });
    const control = await plane.open(session, 'control');
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    plane.authority.order(session, 'canceled', 'bob', 'canceled');
    expect(await control.frame()).toEqual({ type: 'ended', reason: 'canceled', by: 'ann' });
    expect(await control.rest()).toHaveLength(0);
  });

  test('while the host is dialled stops the dialling and gives the place back', async () => {
    const deaf = await deafHost();
    const session = plane.session({ port: deaf.port, connectionLimit: 1 });
    const control = await plane.open(session, 'control');
    const client = await plane.knock(session);
    await plane.authority.called('authorize');
    const startedAt = performance.now();
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'canceled', bytesUp: 0n, bytesDown: 0n });
    expect(await control.frame()).toMatchObject({ type: 'ended', by: 'ann' });
    expect(await client.heard.frame()).toMatchObject({ ok: false });
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(session.used).toBe(0);
  });

  test('while a place is asked for lets no byte pass', async () => {
    const session = plane.session({ port: echo.port });
    const gate = plane.authority.holdBack('authorize');
    const client = await plane.knock(session);
    await plane.authority.until('the place to be asked for', () => gate.waiting() === 1);
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    gate.open();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'canceled' });
    await client.heard.ended();
    expect(echo.reached()).toBe(0);
  });

  test.each(['control', 'connection'] as const)(
    'while the session is looked up for a %s is not lost',
    async (purpose) => {
      const session = plane.session({ port: echo.port });
      const gate = plane.authority.holdBack('lookup');
      const client = await plane.knock(session, purpose);
      await plane.authority.until('the lookup', () => gate.waiting() === 1);
      plane.authority.order(session, 'canceled', 'ann', 'canceled');
      gate.open();
      const refusal = { ok: false, code: 'ENDED', reason: 'canceled', by: 'ann' };
      expect(await client.heard.frame()).toMatchObject(refusal);
    },
  );

  test('that came before the client is told to it, with the reason and by whom', async () => {
    const session = plane.session({ port: echo.port });
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    for (const purpose of [undefined, 'control', 'cancel'] as const) {
      const message = 'the session has ended: canceled';
      const refusal = { code: 'ENDED', reason: 'canceled', by: 'ann', message };
      expect(await refusalOf(session, purpose)).toMatchObject(refusal);
    }
    expect(plane.authority.callsOf('closedByUser')).toHaveLength(0);
  });

  test('is nothing that the client of another session learns of', async () => {
    const session = plane.session({ port: echo.port });
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    const stranger = { ...session, identity: makeIdentity('stranger') };
    expect(await refusalOf(stranger)).toMatchObject({ code: 'NOT_AUTHORIZED' });
  });
});

describe('expiry', () => {
  test('is enforced by the worker alone, when the controller is silent', async () => {
    const host = await plane.host();
    const session = plane.session({ port: host.port, lifeMs: 400 });
    const control = await plane.open(session, 'control');
    const client = await plane.open(session);
    plane.authority.fail('lookup', 'activate', 'authorize', 'report', 'closed');
    await Promise.all([client.ended(), (await host.next()).ended()]);
    const lateMs = performance.now() - session.expiresAtMs;
    expect(lateMs).toBeGreaterThan(-20);
    expect(lateMs).toBeLessThan(1000);
    expect(await control.frame()).toEqual({ type: 'ended', reason: 'timed out', by: null });
    plane.authority.recover();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'timed out' });
  });

  test('stops a dialling', async () => {
    const deaf = await deafHost();
    const session = plane.session({ port: deaf.port, lifeMs: 300 });
    const client = await plane.knock(session);
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'timed out' });
    await client.heard.ended();
  });

  test('is told to a client that comes too late', async () => {
    const session = plane.session({ port: echo.port, lifeMs: 0 });
    expect(await refusalOf(session)).toMatchObject({ code: 'ENDED', reason: 'timed out', by: null });
  });

  test('is told in the welcome, as what is left of it', async () => {
    const session = plane.session({ port: echo.port, lifeMs: 5000 });
    const { welcome } = await plane.open(session);
    expect(welcome.remainingMs).toBeGreaterThan(3000);
    expect(welcome.remainingMs).toBeLessThanOrEqual(5000);
    expect(Date.parse(welcome.expiresAt)).toBeGreaterThan(Date.now());
  });
});

describe('the limit of connections', () => {
  test('is told on the control connection with each that is used', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 3 });
    const control = await plane.open(session, 'control');
    expect(control.welcome).toMatchObject({ connectionLimit: 3, connectionsLeft: 3 });
    for (const left of [2, 1, 0]) {
      const client = await plane.open(session);
      expect(client.welcome).toMatchObject({ connectionLimit: 3, connectionsLeft: left });
      expect(await control.frame()).toEqual({ type: 'left', connectionsLeft: left });
    }
    expect(await refusalOf(session)).toMatchObject({ code: 'LIMIT' });
  });

  test('is not told as used up by a dial that fails, since its place comes back', async () => {
    const host = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(host, 'listening');
    const session = plane.session({ port: (host.address() as AddressInfo).port, connectionLimit: 2 });
    const control = await plane.open(session, 'control');
    const client = await plane.open(session);
    expect(await control.frame()).toEqual({ type: 'left', connectionsLeft: 1 });
    host.close(); // what is open stays, nobody else gets in
    expect(await refusalOf(session)).toMatchObject({ code: 'CONNECT_FAILED' });
    await expectEcho(client, 'still here');
    plane.authority.order(session, 'canceled', null, 'canceled');
    expect(await control.frame()).toMatchObject({ type: 'ended' });
  });

  test('of any number is told as -1, and nothing of it on the control connection', async () => {
    const session = plane.session({ port: echo.port });
    const control = await plane.open(session, 'control');
    const client = await plane.open(session);
    expect(control.welcome).toMatchObject({ connectionLimit: -1, connectionsLeft: -1 });
    expect(client.welcome).toMatchObject({ connectionLimit: -1, connectionsLeft: -1 });
    await expectEcho(client, 'hello');
    plane.authority.order(session, 'canceled', null, 'canceled');
    expect(await control.frame()).toMatchObject({ type: 'ended' });
  });

  test('of one lets exactly one of 50 pass that come at once', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 1 });
    const tried = await Promise.allSettled(Array.from({ length: 50 }, () => plane.open(session)));
    const passed = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const codes = tried.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as WorkerRefusal).refusal.code] : [],
    );
    expect(passed).toHaveLength(1);
    expect(codes).toEqual(Array<string>(49).fill('LIMIT'));
    expect(echo.reached()).toBe(1);
    await expectEcho(passed[0]!, 'the one');
  });

  test('is not reached by control connections', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 1 });
    for (let i = 0; i < 3; i += 1) await plane.open(session, 'control');
    await expectEcho(await plane.open(session), 'hello');
  });
});

describe('a first connection', () => {
  test('makes the session active, and the next ones do not again', async () => {
    const session = plane.session({ port: echo.port });
    const control = await plane.open(session, 'control');
    expect(plane.authority.callsOf('activate')).toHaveLength(0);
    await plane.open(session);
    await plane.open(session);
    expect(plane.authority.callsOf('activate')).toHaveLength(1);
    control.socket.destroy();
  });

  test('of 100 at once makes one activation, and all of them are served', async () => {
    const session = plane.session({ port: echo.port });
    const clients = await Promise.all(Array.from({ length: 100 }, () => plane.open(session)));
    await Promise.all(clients.map((client, index) => expectEcho(client, `number ${index}`)));
    expect(plane.authority.callsOf('activate')).toHaveLength(1);
  });

  test('makes one activation too when the others are still being looked up', async () => {
    const session = plane.session({ port: echo.port });
    const gate = plane.authority.holdBack('lookup');
    const clients = [await plane.knock(session), await plane.knock(session), await plane.knock(session)];
    await plane.authority.until('a lookup', () => gate.waiting() > 0);
    await plane.authority.called('lookup', clients.length).catch(() => {}); // one for all is as good
    gate.openForOne();
    await Promise.race(clients.map(({ heard }) => heard.frame()));
    gate.open();
    await echo.reachedBy(clients.length);
    expect(plane.authority.callsOf('activate')).toHaveLength(1);
  });
});

describe('a host that cannot be reached', () => {
  test('is told to the client, and the place is given back', async () => {
    const port = await freePort();
    const session = plane.session({ port, connectionLimit: 1 });
    const message = `the worker could not reach the host: 127.0.0.1:${port}: it refused the connection`;
    expect(await refusalOf(session)).toMatchObject({ code: 'CONNECT_FAILED', message });
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({
      reason: 'connect failed',
      endpointAddress: null,
      bytesUp: 0n,
      bytesDown: 0n,
    });
    expect(plane.authority.callsOf('connected')).toHaveLength(0);
    expect(session.used).toBe(0);
  });

  test('may be tried again at once, within a limit of one', async () => {
    const session = plane.session({ port: await freePort(), connectionLimit: 1 });
    for (let turn = 0; turn < 5; turn += 1)
      expect(await refusalOf(session)).toMatchObject({ code: 'CONNECT_FAILED' });
  });

  test('uses up nothing of the limit that the control connection tells', async () => {
    const session = plane.session({ port: await freePort(), connectionLimit: 1 });
    const control = await plane.open(session, 'control');
    await refusalOf(session);
    plane.authority.order(session, 'canceled', null, 'canceled');
    expect(await control.frame()).toMatchObject({ type: 'ended' });
  });

  test('because its session is bounded is told as such, and other sessions reach it', async () => {
    const addressBounds = [{ allow: [], deny: ['127.0.0.0/8', '::1'] }];
    const bounded = plane.session({ host: 'localhost', port: echo.port, addressBounds });
    expect(await refusalOf(bounded)).toMatchObject({
      code: 'CONNECT_FAILED',
      message: `the worker could not reach the host: localhost:${echo.port}: the address policy above its project denies it`,
    });
    await expectEcho(await plane.open(plane.session({ port: echo.port })), 'unbounded');
    expect((await plane.authority.ended(1))[0]).toMatchObject({
      reason: 'connect failed',
      endpointAddress: null,
    });
  });

  test('because it may not be dialled is told without a packet sent', async () => {
    plane = await startDataPlane({ dial: { allow: [], deny: ['127.0.0.0/8'], ownListeners: [] } });
    const message = expect.stringContaining('the worker may not dial this address');
    const refusal = await refusalOf(plane.session({ port: echo.port }));
    expect(refusal).toMatchObject({ code: 'CONNECT_FAILED', message });
    expect(echo.reached()).toBe(0);
  });

  test('because it is the worker itself is told', async () => {
    const session = plane.session({ port: Number(plane.worker.address.split(':')[1]) });
    const message = expect.stringContaining('it is a listener of postern itself');
    expect(await refusalOf(session)).toMatchObject({ code: 'CONNECT_FAILED', message });
  });

  test('in time is given up, and told', async () => {
    plane = await startDataPlane({ dialTimeoutMs: 200 });
    const session = plane.session({ port: (await deafHost()).port });
    const message = expect.stringContaining('it did not answer in time');
    expect(await refusalOf(session)).toMatchObject({ code: 'CONNECT_FAILED', message });
  });

  test('is not waited for once the client has gone', async () => {
    const deaf = await deafHost();
    const client = await plane.knock(plane.session({ port: deaf.port }));
    await plane.authority.called('authorize');
    await plane.authority.called('report', plane.authority.callsOf('report').length + 1);
    client.tcp.resetAndDestroy();
    const [end] = await plane.authority.ended(1, 2000);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 0n, bytesDown: 0n });
  });
});

describe('the purpose cancel', () => {
  test('ends the session in the name of its user, cuts it and is welcomed', async () => {
    const session = plane.session({ port: echo.port });
    const control = await plane.open(session, 'control');
    const client = await plane.open(session);
    const { worker } = plane;
    const hello = { purpose: 'cancel', sessionId: session.id } as const;
    const { socket, welcome } = await openWorkerSocket([worker], session.identity, hello);
    socket.destroy();
    expect(welcome).toMatchObject({ connectionLimit: -1 });
    expect(plane.authority.callsOf('closedByUser')).toMatchObject([{ subject: session.id }]);
    expect(await control.frame()).toEqual({ type: 'ended', reason: 'closed by user', by: 'test' });
    await client.ended();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client' });
  });

  test('does nothing for another key', async () => {
    const session = plane.session({ port: echo.port });
    const stranger = { ...session, identity: makeIdentity('stranger') };
    expect(await refusalOf(stranger, 'cancel')).toMatchObject({ code: 'NOT_AUTHORIZED' });
    expect(plane.authority.callsOf('closedByUser')).toHaveLength(0);
    await plane.open(session);
  });
});
