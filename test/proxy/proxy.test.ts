import { createHash, randomBytes } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import type { Traffic } from '../../src/proxy/authority';
import { encodeHello } from '../../src/proxy/handshake';
import { closeEverything, expectEcho, startDataPlane, type DataPlane } from '../support/data-plane';
import type { Heard } from '../support/heard';
import { echoing } from '../support/tcp-host';

let plane: DataPlane;
beforeEach(async () => {
  plane = await startDataPlane();
});
afterEach(closeEverything);

const megabyte = 1024 * 1024;

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A client and the host it has reached. */
async function joined(): Promise<{ client: Heard; host: Heard }> {
  const host = await plane.host();
  const client = await plane.open(plane.session({ port: host.port }));
  return { client, host: await host.next() };
}

describe('bytes', () => {
  test('pass unchanged both ways at once, 10 MB each', async () => {
    const { client, host } = await joined();
    const up = randomBytes(10 * megabyte);
    const down = randomBytes(10 * megabyte);
    client.socket.end(up);
    host.socket.end(down);
    const [gotDown, gotUp] = await Promise.all([client.rest(20_000), host.rest(20_000)]);
    expect(sha256(gotUp)).toBe(sha256(up));
    expect(sha256(gotDown)).toBe(sha256(down));
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ bytesUp: BigInt(up.length), bytesDown: BigInt(down.length) });
  });

  test('pass as they come: a byte is not kept back for more', async () => {
    const { client, host } = await joined();
    for (const letter of 'hello') {
      client.socket.write(letter);
      expect(await host.text(1)).toBe(letter);
      host.socket.write(letter.toUpperCase());
      expect(await client.text(1)).toBe(letter.toUpperCase());
    }
  });

  test('that the host says first reach a client that has said nothing', async () => {
    const host = await plane.host(({ socket }) => socket.write('220 ready\r\n'));
    const client = await plane.open(plane.session({ port: host.port }));
    expect(await client.text(11)).toBe('220 ready\r\n');
  });

  test('that the host says before it ends at once are not lost', async () => {
    const host = await plane.host(({ socket }) => socket.end('too many connections'));
    const session = plane.session({ port: host.port });
    for (let turn = 0; turn < 20; turn += 1) {
      const client = await plane.open(session);
      expect((await client.rest()).toString()).toBe('too many connections');
      client.socket.destroy();
    }
  });

  test('that follow the handshake in one write reach the host first of all', async () => {
    const host = await plane.host();
    const session = plane.session({ port: host.port });
    const client = await plane.tls(session.identity);
    const early = randomBytes(100_000);
    const hello = encodeHello({ purpose: 'connection', sessionId: session.id });
    client.tls.write(Buffer.concat([hello, early]));
    client.tls.write('later');
    const there = await host.next();
    expect(sha256(await there.take(early.length))).toBe(sha256(early));
    expect(await there.text(5)).toBe('later');
  });

  test('that follow the handshake reach the host when the client says them and ends at once', async () => {
    const host = await plane.host();
    const session = plane.session({ port: host.port });
    const client = await plane.tls(session.identity);
    const hello = encodeHello({ purpose: 'connection', sessionId: session.id });
    client.tls.end(Buffer.concat([hello, Buffer.from('all I have to say')]));
    const there = await host.next();
    expect((await there.rest()).toString()).toBe('all I have to say');
    there.socket.end('and my answer');
    expect(await client.heard.frame()).toMatchObject({ ok: true });
    expect((await client.heard.rest()).toString()).toBe('and my answer');
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 17n, bytesDown: 13n });
  });
});

describe('a half-close', () => {
  test('of the client reaches the host, whose answer is still delivered', async () => {
    const { client, host } = await joined();
    client.socket.end('question');
    expect((await host.rest()).toString()).toBe('question');
    const answer = randomBytes(megabyte);
    host.socket.end(answer);
    expect(sha256(await client.rest())).toBe(sha256(answer));
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 8n, bytesDown: BigInt(megabyte) });
  });

  test('of the host reaches the client, which can still send', async () => {
    const { client, host } = await joined();
    host.socket.end('that is all');
    expect((await client.rest()).toString()).toBe('that is all');
    const more = randomBytes(megabyte);
    client.socket.end(more);
    expect(sha256(await host.rest())).toBe(sha256(more));
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by host', bytesUp: BigInt(megabyte), bytesDown: 11n });
  });
});

describe('a reader that stalls', () => {
  const quietReports = 15;
  // What the kernel's buffers on the way take: a little over 4 MB where the test was written.
  const most = BigInt(8 * megabyte);

  /** Offers bytes for as long as they are taken. */
  function flood(socket: Heard['socket'], bytes: number): string {
    const piece = randomBytes(64 * 1024);
    const whole = createHash('sha256');
    let left = bytes / piece.length;
    const pieces = (function* () {
      while (left-- > 0) {
        whole.update(piece);
        yield piece;
      }
    })();
    pipeline(Readable.from(pieces), socket, () => {});
    const expected = createHash('sha256');
    for (let i = 0; i < bytes / piece.length; i += 1) expected.update(piece);
    return expected.digest('hex');
  }

  /** What the worker has last reported, once nothing has moved for many reports. */
  async function whenNothingMoves(): Promise<Traffic> {
    await plane.authority.until(
      'the traffic to stop',
      () => {
        const reports = plane.authority.callsOf('report');
        const hasMoved = reports.some(({ facts }) => facts.length > 0);
        return hasMoved && reports.slice(-quietReports).every(({ facts }) => facts.length === 0);
      },
      15_000,
    );
    const reported = plane.authority.callsOf('report').flatMap(({ facts }) => facts as Traffic[]);
    return reported.at(-1)!;
  }

  test('at the client keeps the host from being read on, and then gets everything', async () => {
    const { client, host } = await joined();
    client.socket.pause();
    const hash = flood(host.socket, 32 * megabyte);
    const { bytesDown } = await whenNothingMoves();
    expect(bytesDown).toBeGreaterThan(0n);
    expect(bytesDown).toBeLessThan(most);
    expect(host.socket.bytesWritten).toBeLessThan(16 * megabyte);
    client.socket.resume();
    expect(sha256(await client.rest(20_000))).toBe(hash);
  });

  test('at the host keeps the client from being read on, and then gets everything', async () => {
    const { client, host } = await joined();
    host.socket.pause();
    const hash = flood(client.socket, 32 * megabyte);
    const { bytesUp } = await whenNothingMoves();
    expect(bytesUp).toBeGreaterThan(0n);
    expect(bytesUp).toBeLessThan(most);
    host.socket.resume();
    expect(sha256(await host.rest(20_000))).toBe(hash);
  });

  test('does not keep other connections from passing bytes', async () => {
    const { client, host } = await joined();
    client.socket.pause();
    flood(host.socket, 32 * megabyte);
    await whenNothingMoves();
    const echo = await plane.host(echoing);
    const other = await plane.open(plane.session({ port: echo.port }));
    await expectEcho(other, 'still served');
  });
});

describe('the end of a connection', () => {
  async function exchanged(): Promise<{ client: Heard; host: Heard }> {
    const both = await joined();
    both.client.socket.write('up');
    expect(await both.host.text(2)).toBe('up');
    both.host.socket.write('down');
    expect(await both.client.text(4)).toBe('down');
    return both;
  }

  /** As `exchanged`, with a client whose TCP socket is at hand. */
  async function exchangedOverRawTcp() {
    const host = await plane.host();
    const client = await plane.knock(plane.session({ port: host.port }));
    await client.heard.frame();
    const there = await host.next();
    client.tls.write('up');
    expect(await there.text(2)).toBe('up');
    there.socket.write('down');
    expect(await client.heard.text(4)).toBe('down');
    return { client, host: there };
  }

  test('is told with the bytes that passed, exactly', async () => {
    const { client, host } = await exchanged();
    client.socket.end(randomBytes(12_345));
    await host.rest();
    host.socket.end(randomBytes(67_890));
    await client.rest();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ bytesUp: 12_347n, bytesDown: 67_894n });
  });

  test('is told as closed by client when the client ends first', async () => {
    const { client, host } = await exchanged();
    client.socket.end();
    await host.ended();
    host.socket.end();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 2n, bytesDown: 4n });
  });

  test('is told as closed by host when the host ends first', async () => {
    const { client, host } = await exchanged();
    host.socket.end();
    await client.ended();
    client.socket.end();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by host', bytesUp: 2n, bytesDown: 4n });
  });

  test('is told as closed by client when the client resets it, and the host hears of it', async () => {
    const { client, host } = await exchangedOverRawTcp();
    client.tcp.resetAndDestroy();
    await host.ended();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 2n, bytesDown: 4n });
  });

  test('is told as closed by client when the client goes away without ending TLS', async () => {
    const { client, host } = await exchangedOverRawTcp();
    client.tcp.destroy();
    await host.ended();
    host.socket.end();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by client', bytesUp: 2n, bytesDown: 4n });
  });

  test('is told as closed by host when the host resets it, and the client hears of it', async () => {
    const { client, host } = await exchanged();
    host.socket.resetAndDestroy();
    await client.ended();
    const [end] = await plane.authority.ended(1);
    expect(end).toMatchObject({ reason: 'closed by host', bytesUp: 2n, bytesDown: 4n });
  });

  test('is told as closed by host when the host resets it after the client has ended', async () => {
    const { client, host } = await exchangedOverRawTcp();
    client.tls.end();
    await host.ended();
    host.socket.resetAndDestroy();
    await client.heard.ended();
    const [end] = await plane.authority.ended(1);
    // The client ended first; that the host then broke off does not change who began.
    expect(end).toMatchObject({ reason: 'closed by client' });
  });

  test('is told once, and names where the host was reached', async () => {
    const { client, host } = await exchanged();
    const port = host.socket.localPort;
    client.socket.destroy();
    host.socket.end();
    const [end] = await plane.authority.ended(1);
    await plane.stop();
    expect(plane.authority.ends).toHaveLength(1);
    expect(plane.authority.endpoints.get(end!.id)).toBe(`127.0.0.1:${port}`);
    expect(end!.endpointAddress).toBe(`127.0.0.1:${port}`);
  });

  test('is told with each of 50 that end at once', async () => {
    const host = await plane.host(echoing);
    const session = plane.session({ port: host.port });
    const clients = await Promise.all(Array.from({ length: 50 }, () => plane.open(session)));
    await Promise.all(clients.map((client, index) => expectEcho(client, 'x'.repeat(index + 1))));
    for (const client of clients) client.socket.end();
    const ends = await plane.authority.ended(50);
    const counts = ends.map(({ bytesUp, bytesDown }) => [Number(bytesUp), Number(bytesDown)]);
    counts.sort(([one], [other]) => one! - other!);
    expect(counts).toEqual(Array.from({ length: 50 }, (_, index) => [index + 1, index + 1]));
    expect(new Set(ends.map(({ id }) => id)).size).toBe(50);
  });

  test('leaves nothing behind: the worker reports no session any more', async () => {
    const { client, host } = await exchanged();
    client.socket.end();
    host.socket.end();
    await plane.authority.ended(1);
    const before = plane.authority.callsOf('report').length;
    await plane.authority.called('report', before + 2);
    expect(plane.authority.callsOf('report').at(-1)).toMatchObject({ subject: '', facts: [] });
  });
});

describe('what has passed so far', () => {
  test('is reported while the connection is open, and not again until it grows', async () => {
    const { client, host } = await joined();
    client.socket.write('12345');
    await host.take(5);
    const first = await plane.authority.until('a report of 5 bytes', () =>
      plane.authority
        .callsOf('report')
        .flatMap(({ facts }) => facts as Traffic[])
        .find(({ bytesUp }) => bytesUp === 5n),
    );
    expect(first).toMatchObject({ bytesDown: 0n });
    const seen = plane.authority.callsOf('report').length;
    await plane.authority.called('report', seen + 5);
    expect(
      plane.authority
        .callsOf('report')
        .slice(seen + 1)
        .flatMap(({ facts }) => facts),
    ).toEqual([]);
  });

  test('is reported again when the report did not arrive', async () => {
    const { client, host } = await joined();
    plane.authority.fail('report');
    client.socket.write('12345');
    await host.take(5);
    const reportsOfFive = () =>
      plane.authority.callsOf('report').filter(({ facts }) => (facts as Traffic[])[0]?.bytesUp === 5n);
    await plane.authority.until('failing reports', () => reportsOfFive().length >= 3);
    plane.authority.recover();
    const failed = reportsOfFive().length;
    await plane.authority.until('one that arrives', () => reportsOfFive().length > failed);
  });
});
