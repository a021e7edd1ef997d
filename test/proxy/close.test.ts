import { once } from 'node:events';
import { StartFailure } from '../../src/core/start-failure';
import { encodeHello } from '../../src/proxy/handshake';
import { closeEverything, closeLater, startDataPlane, type DataPlane } from '../support/data-plane';
import { startDeafHost } from '../support/deaf-host';
import { Heard } from '../support/heard';
import { ManualClock } from '../support/manual-clock';
import { echoing, startTcpHost, type TcpHost } from '../support/tcp-host';

let plane: DataPlane;
let echo: TcpHost;
beforeEach(async () => {
  plane = await startDataPlane();
  echo = await plane.host(echoing);
});
afterEach(closeEverything);

describe('closing a worker', () => {
  test('delivers the end of every connection as worker lost, with its bytes, before it is done', async () => {
    const session = plane.session({ port: echo.port });
    const clients = [await plane.open(session), await plane.open(session)];
    for (const client of clients) {
      client.socket.write('12345');
      await client.take(5);
    }
    await plane.stop();
    const end = {
      reason: 'worker lost',
      endpointAddress: `127.0.0.1:${echo.port}`,
      bytesUp: 5n,
      bytesDown: 5n,
    };
    expect(plane.authority.ends).toMatchObject([end, end]);
    await Promise.all(clients.map((client) => client.ended()));
  });

  test('tells its control connections that it is going away, and not that the session has ended', async () => {
    const control = await plane.open(plane.session({ port: echo.port }), 'control');
    await plane.stop();
    expect(await control.frame()).toEqual({ type: 'going-away' });
    expect(await control.rest()).toHaveLength(0);
  });

  test('cuts the hosts too', async () => {
    const host = await plane.host();
    await plane.open(plane.session({ port: host.port }));
    const there = await host.next();
    await plane.stop();
    await there.ended();
  });

  test('takes no new client', async () => {
    await plane.stop();
    await expect(plane.tcp()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('stops a dialling and gives the place back', async () => {
    const deaf = closeLater(await startDeafHost(), (host) => host.close());
    const session = plane.session({ port: deaf.port, connectionLimit: 1 });
    await plane.knock(session);
    await plane.authority.called('authorize');
    await plane.stop();
    expect(plane.authority.ends).toMatchObject([{ reason: 'worker lost' }]);
    expect(session.used).toBe(0);
  });

  test('gives a place back that it is given meanwhile', async () => {
    const session = plane.session({ port: echo.port, connectionLimit: 1 });
    const gate = plane.authority.holdBack('authorize');
    await plane.knock(session);
    await plane.authority.until('the place to be asked for', () => gate.waiting() === 1);
    const stopping = plane.stop();
    gate.open();
    await stopping;
    await plane.authority.ended(1);
    expect(session.used).toBe(0);
    expect(echo.reached()).toBe(0);
  });

  test('hangs up on a client that has not said anything yet', async () => {
    const session = plane.session({ port: echo.port });
    const client = await plane.tls(session.identity);
    await plane.open(session, 'control'); // the worker is through with the handshake of the first by now
    await plane.stop();
    await client.heard.ended();
  });

  test('hangs up on a client that is still in the TLS handshake', async () => {
    const client = new Heard(await plane.tcp());
    await plane.open(plane.session({ port: echo.port }), 'control'); // the worker has accepted the first by now
    await plane.stop();
    await client.ended(1000);
  });

  test('serves nobody afterwards who was in the TLS handshake', async () => {
    const session = plane.session({ port: echo.port });
    const early = await plane.tcp();
    await plane.open(session, 'control'); // the worker has accepted the first by now
    await plane.stop();
    const before = plane.authority.calls.length;
    const late = await plane.tls(session.identity, early).catch(() => null);
    if (late) {
      late.tls.write(encodeHello({ purpose: 'connection', sessionId: session.id }));
      await late.heard.ended();
    }
    expect(plane.authority.calls.slice(before)).toEqual([]);
    expect(echo.reached()).toBe(0);
  });

  test('waits a while for a controller that cannot be reached, and no longer', async () => {
    const clock = new ManualClock();
    plane = await startDataPlane({ clock });
    const client = await plane.open(plane.session({ port: echo.port }));
    plane.authority.fail('closed');
    let isStopped = false;
    const stopping = plane.stop().then(() => (isStopped = true));
    await plane.authority.called('closed');
    while (!isStopped) {
      clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stopping;
    expect(plane.authority.callsOf('closed').length).toBeGreaterThan(2);
    await client.ended();
  });

  test('delivers what the controller takes at the second attempt', async () => {
    await plane.open(plane.session({ port: echo.port }));
    plane.authority.fail('closed');
    const stopping = plane.stop();
    await plane.authority.called('closed');
    plane.authority.recover();
    await stopping;
    expect(plane.authority.ends).toMatchObject([{ reason: 'worker lost' }]);
  });

  test('reports nothing any more', async () => {
    await plane.open(plane.session({ port: echo.port }), 'control');
    await plane.authority.called('report');
    await plane.stop();
    const before = plane.authority.callsOf('report').length;
    const next = await startDataPlane();
    await next.open(next.session({ port: echo.port }), 'control');
    await next.authority.called('report', 3);
    expect(plane.authority.callsOf('report').length - before).toBeLessThanOrEqual(0);
  });
});

describe('starting a worker', () => {
  test('on a busy port is refused with what to do', async () => {
    const { port } = closeLater(await startTcpHost(), (host) => host.close());
    const sentence = `127.0.0.1:${port} is busy; choose another --proxy-listen-address`;
    await expect(startDataPlane({ port })).rejects.toThrow(new StartFailure(sentence));
  });

  test('on an address of another machine is refused with what to do', async () => {
    const refused = startDataPlane({ host: '203.0.113.7' });
    await expect(refused).rejects.toThrow(
      '203.0.113.7:0 cannot be listened on (EADDRNOTAVAIL); choose another --proxy-listen-address',
    );
  });

  test('again on its port with its key serves the same clients', async () => {
    const session = plane.session({ port: echo.port });
    const before = await plane.open(session);
    const closed = once(before.socket, 'end');
    await plane.stop();
    await closed;
    const port = Number(plane.worker.address.split(':')[1]);
    const again = await startDataPlane({ port, authority: plane.authority, identity: plane.identity });
    const client = await again.open(session);
    client.socket.write('hello again');
    expect(await client.text(11)).toBe('hello again');
  });
});
