import { encodeFrame } from '../../src/proxy/handshake';
import { closeEverything, startDataPlane, type Client, type DataPlane } from '../support/data-plane';
import { ManualClock } from '../support/manual-clock';
import type { MemorySession } from '../support/memory-authority';
import { echoing } from '../support/tcp-host';

let plane: DataPlane;
let clock: ManualClock;
let session: MemorySession;
let control: Client;
beforeEach(async () => {
  clock = new ManualClock();
  plane = await startDataPlane({ clock });
  const host = await plane.host(echoing);
  session = plane.session({ port: host.port, lifeMs: 3_600_000 });
  control = await plane.open(session, 'control');
});
afterEach(closeEverything);

const ping = { type: 'ping' };
const pong = encodeFrame({ type: 'pong' });

/** What the worker reports to serve now. */
async function served(): Promise<string> {
  const before = plane.authority.callsOf('report').length;
  for (let turn = 0; turn < 10; turn += 1) {
    clock.advance(30);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await plane.authority.called('report', before + 1);
  return plane.authority.callsOf('report').at(-1)!.subject;
}

describe('a control connection', () => {
  test('is pinged every 10 s', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      clock.advance(9999);
      clock.advance(1);
      expect(await control.frame()).toEqual(ping);
    }
  });

  test('that answers is kept for as long as it does', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      clock.advance(10_000);
      expect(await control.frame()).toEqual(ping);
      control.socket.write(pong);
      await served(); // the worker has had its turn to read
    }
    expect(control.hasEnded).toBe(false);
    expect(await served()).toBe(session.id);
  });

  test('from which nothing has come for more than 30 s is given up, and the session is not reported any more', async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      clock.advance(10_000);
      expect(await control.frame()).toEqual(ping);
    }
    expect(control.hasEnded).toBe(false);
    clock.advance(10_000);
    await control.ended();
    expect(await served()).toBe('');
  });

  test('that the client closes is forgotten', async () => {
    control.socket.end();
    await control.ended();
    expect(await served()).toBe('');
  });

  test('may say several things in one write, and parts of them', async () => {
    const twice = Buffer.concat([pong, pong, pong.subarray(0, 3)]);
    control.socket.write(twice);
    control.socket.write(pong.subarray(3));
    clock.advance(10_000);
    expect(await control.frame()).toEqual(ping);
    expect(await served()).toBe(session.id);
  });

  test('is one of several of a session: each hears of the end', async () => {
    const second = await plane.open(session, 'control');
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    const end = { type: 'ended', reason: 'canceled', by: 'ann' };
    expect(await control.frame()).toEqual(end);
    expect(await second.frame()).toEqual(end);
    await Promise.all([control.ended(), second.ended()]);
  });

  test('that does not leave after the end is cut 2 s later', async () => {
    plane.authority.order(session, 'canceled', 'ann', 'canceled');
    await control.ended();
    expect(await served()).toBe(session.id);
    clock.advance(2000);
    expect(await served()).toBe('');
  });
});
