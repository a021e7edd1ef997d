import { connect as connectTls } from 'node:tls';
import { encodeFrame, encodeHello, refusals, type RefusalCode } from '../../src/proxy/handshake';
import { makeIdentity } from '../../src/proxy/identity';
import {
  closeEverything,
  closeLater,
  expectEcho,
  startDataPlane,
  type DataPlane,
  type RawClient,
} from '../support/data-plane';
import { Heard } from '../support/heard';
import type { MemorySession } from '../support/memory-authority';
import { otherIdentity } from '../support/other-keys';
import { echoing, type TcpHost } from '../support/tcp-host';

const handshakeTimeoutMs = 250;
const patienceMs = 2000;

let plane: DataPlane;
let echo: TcpHost;
let session: MemorySession;
beforeEach(async () => {
  plane = await startDataPlane({ handshakeTimeoutMs });
  echo = await plane.host(echoing);
  session = plane.session({ port: echo.port });
});
afterEach(async () => {
  try {
    await expectGoodClientServed();
  } finally {
    await closeEverything();
  }
});

/** Whatever was done to the worker, a client of good will is served by it. */
async function expectGoodClientServed(): Promise<void> {
  await expectEcho(await plane.open(plane.session({ port: echo.port })), 'of good will');
}

/** Refused with the code, which the worker then seals by hanging up. */
async function expectRefused({ heard }: RawClient, code: RefusalCode, detail?: string): Promise<void> {
  const message = detail === undefined ? refusals[code] : `${refusals[code]}: ${detail}`;
  expect(await heard.frame()).toMatchObject({ ok: false, code, message });
  expect(await heard.rest()).toHaveLength(0);
}

function framed(body: string | Buffer): Buffer {
  const header = Buffer.alloc(2);
  header.writeUInt16BE(body.length);
  return Buffer.concat([header, Buffer.from(body)]);
}

const wellFormed = { version: 1, purpose: 'connection', session: 's_1234567890' };

describe('what is no TLS', () => {
  test.each<[string, string | Buffer]>([
    ['garbage', Buffer.from([0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3, 4, 5, 6, 7])],
    ['zero bytes', Buffer.alloc(4096)],
    ['a plain HTTP request', 'GET / HTTP/1.1\r\nHost: worker\r\n\r\n'],
    ['a handshake in the clear', encodeHello({ purpose: 'connection', sessionId: 's_1234567890' })],
    ['a TLS record of an absurd length', Buffer.from([0x16, 0x03, 0x01, 0xff, 0xff, 0x01])],
    ['the start of a PostgreSQL session', Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])],
    ['an SSH greeting', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('is hung up on: %s', async (_, bytes) => {
    const client = new Heard(await plane.tcp());
    client.socket.write(bytes);
    await client.until('to be hung up on', () => client.hasEnded || client.hasClosed);
    expect(plane.authority.calls.filter(({ operation }) => operation !== 'report')).toEqual([]);
  });

  test('is hung up on when it is nothing at all', async () => {
    const client = new Heard(await plane.tcp());
    const startedAt = performance.now();
    await client.ended(patienceMs);
    expect(performance.now() - startedAt).toBeGreaterThan(handshakeTimeoutMs - 50);
  });

  test('is hung up on when it stops in the middle of the TLS handshake', async () => {
    const client = new Heard(await plane.tcp());
    client.socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]));
    await client.ended(patienceMs);
  });

  test('and resets at once does no harm', async () => {
    for (let turn = 0; turn < 20; turn += 1) (await plane.tcp()).resetAndDestroy();
  });
});

describe('TLS that is not ours', () => {
  test.each(['TLSv1.2', 'TLSv1.1', 'TLSv1'] as const)('is refused: %s', async (maxVersion) => {
    const options = { maxVersion, minVersion: maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(plane.tls(session.identity, undefined, options)).rejects.toThrow();
  });

  test('is refused without a certificate', async () => {
    const client = await plane.tls(null);
    client.tls.write(encodeHello({ purpose: 'connection', sessionId: session.id }));
    await expectRefused(client, 'NO_CERTIFICATE');
    expect(plane.authority.callsOf('lookup')).toHaveLength(0);
  });

  test.each(['ec', 'rsa'] as const)('is refused with a key of another kind: %s', async (kind) => {
    const client = await plane.tls(otherIdentity(kind));
    client.tls.write(encodeHello({ purpose: 'connection', sessionId: session.id }));
    await expectRefused(client, 'NOT_AUTHORIZED');
  });

  test('with an unknown server name and protocol is served all the same', async () => {
    const options = { servername: 'somewhere.test', ALPNProtocols: ['h2'] };
    const client = await plane.tls(session.identity, undefined, options);
    client.tls.write(encodeHello({ purpose: 'connection', sessionId: session.id }));
    expect(await client.heard.frame()).toMatchObject({ ok: true });
  });

  test('that is taken up again shows its key again', async () => {
    const first = await plane.knock(session);
    const ticket = new Promise<Buffer>((resolve) => first.tls.once('session', resolve));
    expect(await first.heard.frame()).toMatchObject({ ok: true });
    const second = await plane.tls(session.identity, undefined, { session: await ticket });
    expect(second.tls.isSessionReused()).toBe(true);
    second.tls.write(encodeHello({ purpose: 'connection', sessionId: session.id }));
    expect(await second.heard.frame()).toMatchObject({ ok: true });
  });
});

describe('a first frame', () => {
  const malformed = 'BAD_HANDSHAKE';
  test.each<[string, Buffer, string]>([
    ['that is too long', framed('x'.repeat(513)), 'the frame is longer than 512 bytes'],
    ['that says it is as long as can be', Buffer.from([0xff, 0xff]), 'the frame is longer than 512 bytes'],
    ['with nothing in it', framed(''), 'the frame is not JSON'],
    ['that is no JSON', framed('hello worker'), 'the frame is not JSON'],
    ['of random bytes', framed(Buffer.from([0xc3, 0x28, 0xa0, 0xa1, 0x00])), 'the frame is not JSON'],
    ['that is an array', framed('[1,2]'), 'the frame is no object'],
    [
      'that is a plain HTTP request',
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      'the frame is longer than 512 bytes',
    ],
    [
      'of no version',
      encodeFrame({ ...wellFormed, version: undefined }),
      'handshake version 1 is spoken here',
    ],
    ['of another version', encodeFrame({ ...wellFormed, version: 2 }), 'handshake version 1 is spoken here'],
    [
      'for an unknown purpose',
      encodeFrame({ ...wellFormed, purpose: 'shell' }),
      'the purpose must be connection, control, cancel',
    ],
    ['that names no session', encodeFrame({ ...wellFormed, session: undefined }), 'no session is named'],
    [
      'that names something else',
      encodeFrame({ ...wellFormed, session: 'u_1234567890' }),
      'no session is named',
    ],
    [
      'that names a session in SQL',
      encodeFrame({ ...wellFormed, session: "s_' or '1'='1" }),
      'no session is named',
    ],
    [
      'that is an answer',
      encodeFrame({ ok: true, connectionsLeft: 1 }),
      'handshake version 1 is spoken here',
    ],
  ])('%s is refused, saying what is wrong', async (_, bytes, detail) => {
    const client = await plane.tls(session.identity);
    client.tls.write(bytes);
    await expectRefused(client, malformed, detail);
    expect(plane.authority.callsOf('lookup')).toHaveLength(0);
  });

  test('is refused when it does not come', async () => {
    const client = await plane.tls(session.identity);
    await expectRefused(client, malformed, 'nothing was said in time');
  });

  test('is refused when it comes too slowly, however steadily', async () => {
    const client = await plane.tls(session.identity);
    const hello = encodeHello({ purpose: 'connection', sessionId: session.id });
    let sent = 0;
    const drip = setInterval(() => client.tls.write(hello.subarray(sent, (sent += 1))), 20);
    await expectRefused(client, malformed, 'nothing was said in time').finally(() => clearInterval(drip));
    expect(sent).toBeLessThan(hello.length);
  });

  test('is refused when the client ends before it is whole', async () => {
    const client = await plane.tls(session.identity);
    client.tls.end(encodeHello({ purpose: 'connection', sessionId: session.id }).subarray(0, 20));
    await client.heard.ended(patienceMs);
    expect(plane.authority.callsOf('lookup')).toHaveLength(0);
  });

  test('is taken in pieces of one byte', async () => {
    const client = await plane.tls(session.identity);
    for (const byte of encodeHello({ purpose: 'connection', sessionId: session.id }))
      await new Promise((resolve) => client.tls.write(Buffer.from([byte]), resolve));
    expect(await client.heard.frame()).toMatchObject({ ok: true });
    client.tls.write('served');
    expect(await client.heard.text(6)).toBe('served');
  });

  test('is taken with what follows it, in one write', async () => {
    const client = await plane.tls(session.identity);
    const hello = encodeHello({ purpose: 'connection', sessionId: session.id });
    client.tls.write(Buffer.concat([hello, Buffer.from('right behind')]));
    expect(await client.heard.frame()).toMatchObject({ ok: true });
    expect(await client.heard.text(12)).toBe('right behind');
  });

  test('may be followed by a megabyte that nobody reads, where it is refused', async () => {
    const client = await plane.tls(session.identity);
    client.tls.write(Buffer.concat([framed('nonsense'), Buffer.alloc(1024 * 1024, 'x')]));
    await expectRefused(client, malformed, 'the frame is not JSON');
  });
});

describe('a session', () => {
  test('that does not exist, or is for another key, is refused with one and the same answer', async () => {
    const stranger = plane.session({ port: echo.port });
    const answers: Buffer[] = [];
    for (const sessionId of [session.id, 's_0000000000']) {
      const client = await plane.tls(stranger.identity);
      client.tls.write(encodeHello({ purpose: 'connection', sessionId }));
      answers.push(await client.heard.rest());
    }
    expect(answers[0]!.toString()).toContain('"NOT_AUTHORIZED"');
    expect(answers[1]).toEqual(answers[0]);
    expect(plane.authority.callsOf('authorize')).toHaveLength(0);
    expect(echo.reached()).toBe(0);
  });

  test.each(['connection', 'control', 'cancel'] as const)(
    'that is being served is not given to another key: %s',
    async (purpose) => {
      const served = await plane.open(session);
      const client = await plane.knock({ ...session, identity: makeIdentity('stranger') }, purpose);
      await expectRefused(client, 'NOT_AUTHORIZED');
      await expectEcho(served, 'unmoved');
    },
  );
});

describe('a control connection', () => {
  test.each<[string, Buffer]>([
    ['a frame that is too long', Buffer.from([0x10, 0x01])],
    ['a frame that is no JSON', framed('pong')],
    ['a frame that is no object', framed('[]')],
    ['garbage', Buffer.alloc(8192, 0xff)],
  ])('that says %s is hung up on', async (_, bytes) => {
    const control = await plane.open(session, 'control');
    control.socket.write(bytes);
    await control.ended(patienceMs);
  });

  test('that says what nobody understands is kept', async () => {
    const control = await plane.open(session, 'control');
    control.socket.write(encodeFrame({ type: 'sing', song: 'anything' }));
    await expectEcho(await plane.open(session), 'meanwhile');
    plane.authority.order(session, 'canceled', null, 'canceled');
    expect(await control.frame()).toMatchObject({ type: 'ended' });
  });
});

describe('a client that does not leave', () => {
  test('is cut 2 s after it was refused, even if it never reads the refusal', async () => {
    const client = await plane.tls(session.identity);
    client.heard.socket.pause();
    client.tls.write(framed('nonsense'));
    // What it keeps sending is answered by a reset once the worker has let go.
    const chatter = setInterval(() => client.tls.write('still here'), 50);
    await client.heard.closed(6000).finally(() => clearInterval(chatter));
  });

  test('is cut 2 s after it was refused, even if it never stops talking', async () => {
    const client = await plane.tls(session.identity);
    client.tls.write(framed('nonsense'));
    const flood = (): void => {
      while (!client.tls.destroyed && client.tls.write(Buffer.alloc(64 * 1024))) continue;
    };
    client.tls.on('drain', flood);
    flood();
    await client.heard.closed(6000);
  });
});

describe('more clients than the worker takes', () => {
  test('are hung up on, until others have left', async () => {
    const small = await startDataPlane({ mostSockets: 3, authority: plane.authority });
    const clients = [
      await small.open(session),
      await small.open(session, 'control'),
      await small.open(session),
    ];
    const tooMany = closeLater(
      connectTls({
        port: Number(small.worker.address.split(':')[1]),
        host: '127.0.0.1',
        rejectUnauthorized: false,
      }),
      (socket) => socket.destroy(),
    );
    const heard = new Heard(tooMany);
    await heard.closed();
    for (const client of clients) if (client !== clients[1]) await expectEcho(client, 'unmoved');
    clients[0]!.socket.end();
    await clients[0]!.ended();
    clients[0]!.socket.destroy();
    await plane.authority.ended(1);
    await expectEcho(await small.open(session), 'in its place');
  });

  test('are counted while they say nothing, and their places come back', async () => {
    const small = await startDataPlane({ mostSockets: 5, handshakeTimeoutMs, authority: plane.authority });
    const silent = await Promise.all(Array.from({ length: 5 }, async () => new Heard(await small.tcp())));
    await expect(small.open(session)).rejects.toThrow();
    await Promise.all(silent.map((client) => client.ended(patienceMs)));
    for (const client of silent) client.socket.destroy();
    await expectEcho(await small.open(session), 'in their place');
  });
});
