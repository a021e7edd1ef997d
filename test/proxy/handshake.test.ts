import fc from 'fast-check';
import {
  encodeFrame,
  encodeHello,
  encodeRefusal,
  encodeWelcome,
  FrameError,
  FrameReader,
  longestControlFrame,
  longestHandshake,
  purposes,
  readAnswer,
  readHello,
  refusals,
  type RefusalCode,
} from '../../src/proxy/handshake';

function framed(body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(2);
  header.writeUInt16BE(bytes.length);
  return Buffer.concat([header, bytes]);
}

function readAll(reader: FrameReader): Record<string, unknown>[] {
  const frames: Record<string, unknown>[] = [];
  for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
  return frames;
}

describe('a frame', () => {
  const message = { version: 1, purpose: 'connection', session: 's_1234567890', note: 'Grüße 🚪' };
  const bytes = encodeFrame(message);

  test('is the length of its body in two bytes, most significant first, and the body as JSON', () => {
    const body = Buffer.from(JSON.stringify(message), 'utf8');
    expect(bytes.subarray(0, 2)).toEqual(Buffer.from([body.length >> 8, body.length & 255]));
    expect(bytes.subarray(2)).toEqual(body);
    expect(encodeFrame({ long: 'x'.repeat(300) }).readUInt16BE(0)).toBe(300 + '{"long":""}'.length);
  });

  test('is read wherever it is cut in two', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new FrameReader(longestHandshake);
      reader.push(bytes.subarray(0, cut));
      if (cut < bytes.length) expect(reader.next()).toBeNull();
      reader.push(bytes.subarray(cut));
      expect(reader.next()).toEqual(message);
      expect(reader.rest()).toHaveLength(0);
    }
  });

  test('is read from pieces of one byte', () => {
    const reader = new FrameReader(longestHandshake);
    for (const [index, byte] of bytes.entries()) {
      expect(index === 0 ? null : reader.next()).toBeNull();
      reader.push(Buffer.from([byte]));
    }
    expect(reader.next()).toEqual(message);
  });

  test('does not keep the next one in the same chunk from being read', () => {
    const reader = new FrameReader(longestControlFrame);
    const messages = [{ type: 'ping' }, { type: 'left', connectionsLeft: 3 }, { type: 'going-away' }];
    reader.push(Buffer.concat(messages.map(encodeFrame)));
    expect(readAll(reader)).toEqual(messages);
    expect(reader.next()).toBeNull();
  });

  test('leaves what follows it untouched, once', () => {
    const reader = new FrameReader(longestHandshake);
    const after = Buffer.from([0, 255, 0, 1, 2]);
    reader.push(Buffer.concat([bytes, after.subarray(0, 2)]));
    expect(reader.next()).toEqual(message);
    reader.push(after.subarray(2));
    expect(reader.rest()).toEqual(after);
    expect(reader.rest()).toHaveLength(0);
  });

  test('of exactly the longest length is read, and one byte more is not', () => {
    const body = (length: number): string =>
      JSON.stringify({ pad: 'x'.repeat(length - '{"pad":""}'.length) });
    const reader = new FrameReader(longestHandshake);
    reader.push(framed(body(longestHandshake)));
    expect(reader.next()).toMatchObject({ pad: expect.any(String) });
    reader.push(framed(body(longestHandshake + 1)));
    expect(() => reader.next()).toThrow(new FrameError('the frame is longer than 512 bytes'));
  });

  test('that is too long is refused by its first two bytes, before the rest has come', () => {
    const reader = new FrameReader(longestHandshake);
    reader.push(Buffer.from([0xff]));
    expect(reader.next()).toBeNull();
    reader.push(Buffer.from([0xff]));
    expect(() => reader.next()).toThrow(FrameError);
  });

  test('comes out as it went in, whatever it says and however the bytes arrive', () => {
    const messages = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 4 });
    const cuts = fc.array(fc.nat(4000), { maxLength: 12 });
    fc.assert(
      fc.property(messages, cuts, (sent, places) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        const ends = [...places.map((place) => place % (stream.length + 1)), stream.length].sort(
          (a, b) => a - b,
        );
        const reader = new FrameReader(65_535);
        const got: Record<string, unknown>[] = [];
        let start = 0;
        for (const end of ends) {
          reader.push(stream.subarray(start, end));
          got.push(...readAll(reader));
          start = end;
        }
        // Compared as JSON, which knows neither -0 nor the prototype of an object.
        expect(JSON.stringify(got)).toBe(JSON.stringify(sent));
      }),
      { numRuns: 200 },
    );
  });

  test.each<[string, string | Buffer, string]>([
    ['nothing', '', 'the frame is not JSON'],
    ['a blank', ' ', 'the frame is not JSON'],
    ['half an object', '{"version":1', 'the frame is not JSON'],
    ['two objects', '{}{}', 'the frame is not JSON'],
    ['a word', 'hello', 'the frame is not JSON'],
    ['zero bytes', Buffer.alloc(4), 'the frame is not JSON'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0xfd]), 'the frame is not JSON'],
    ['a single quote for a double one', "{'version':1}", 'the frame is not JSON'],
    ['NaN', '{"version":NaN}', 'the frame is not JSON'],
    ['an array', '[]', 'the frame is no object'],
    ['an array of objects', '[{"version":1}]', 'the frame is no object'],
    ['null', 'null', 'the frame is no object'],
    ['a number', '1', 'the frame is no object'],
    ['a text', '"connection"', 'the frame is no object'],
    ['true', 'true', 'the frame is no object'],
  ])('with %s in it is refused', (_, body, message) => {
    const reader = new FrameReader(longestHandshake);
    reader.push(framed(body));
    expect(() => reader.next()).toThrow(new FrameError(message));
  });
});

describe('the first frame of a client', () => {
  const good = { version: 1, purpose: 'connection', session: 's_1234567890' };

  test.each(purposes)('is read as it was written, for a %s', (purpose) => {
    const reader = new FrameReader(longestHandshake);
    reader.push(encodeHello({ purpose, sessionId: 's_abcDEF7890' }));
    expect(readHello(reader.next()!)).toEqual({ purpose, sessionId: 's_abcDEF7890' });
  });

  test('may say more than is asked, and nothing of that is kept', () => {
    expect(readHello({ ...good, colour: 'blue' })).toEqual({
      purpose: 'connection',
      sessionId: 's_1234567890',
    });
  });

  test('with the longest session id there is fits into a handshake', () => {
    const hello = encodeHello({ purpose: 'connection', sessionId: `s_${'x'.repeat(64)}` });
    expect(hello.length).toBeLessThanOrEqual(longestHandshake + 2);
  });

  const version = 'handshake version 1 is spoken here';
  const purpose = 'the purpose must be connection, control, cancel';
  const session = 'no session is named';
  test.each<[string, object, string]>([
    ['nothing in it', {}, version],
    ['no version', { purpose: 'connection', session: 's_1234567890' }, version],
    ['version 0', { ...good, version: 0 }, version],
    ['version 2', { ...good, version: 2 }, version],
    ['the version as a text', { ...good, version: '1' }, version],
    ['the version as true', { ...good, version: true }, version],
    ['the version in an array', { ...good, version: [1] }, version],
    ['no purpose', { version: 1, session: 's_1234567890' }, purpose],
    ['an unknown purpose', { ...good, purpose: 'admin' }, purpose],
    ['the purpose in capitals', { ...good, purpose: 'CONNECTION' }, purpose],
    ['the purpose with a blank', { ...good, purpose: 'connection ' }, purpose],
    ['the purpose in an array', { ...good, purpose: ['connection'] }, purpose],
    ['a number for a purpose', { ...good, purpose: 0 }, purpose],
    ['what every object has for a purpose', { ...good, purpose: 'constructor' }, purpose],
    ['no session', { version: 1, purpose: 'connection' }, session],
    ['an empty session', { ...good, session: '' }, session],
    ['a prefix for a session', { ...good, session: 's_' }, session],
    ['a session id of three characters', { ...good, session: 's_abc' }, session],
    ['a session id of 65 characters', { ...good, session: `s_${'x'.repeat(65)}` }, session],
    ['the id of another kind', { ...good, session: 'u_1234567890' }, session],
    ['a session id after a blank', { ...good, session: ' s_1234567890' }, session],
    ['a session id before a line break', { ...good, session: 's_1234567890\n' }, session],
    ['a session id with a quote', { ...good, session: "s_1234567890'" }, session],
    ['a session id with a zero byte', { ...good, session: 's_123456\u0000' }, session],
    ['a number for a session', { ...good, session: 1234567890 }, session],
    ['the session in an array', { ...good, session: ['s_1234567890'] }, session],
    ['the session in an object', { ...good, session: { id: 's_1234567890' } }, session],
    ['null for a session', { ...good, session: null }, session],
  ])('with %s is refused, saying what it should have been', (_, frame, message) => {
    expect(() => readHello(frame as Record<string, unknown>)).toThrow(new FrameError(message));
  });
});

describe('the answer of a worker', () => {
  const welcome = {
    connectionsLeft: -1,
    connectionLimit: -1,
    expiresAt: '2026-01-01T00:00:00.000Z',
    remainingMs: 1000,
  };

  function read(bytes: Buffer): unknown {
    const reader = new FrameReader(longestControlFrame);
    reader.push(bytes);
    return readAnswer(reader.next()!);
  }

  test('is read as it was written when it is a welcome', () => {
    expect(read(encodeWelcome(welcome))).toEqual({ ok: true, ...welcome });
  });

  test.each(Object.entries(refusals) as [RefusalCode, string][])(
    'is read as it was written when it is the refusal %s',
    (code, message) => {
      expect(read(encodeRefusal(code))).toEqual({ ok: false, code, message });
    },
  );

  test('carries a detail after its message, and the reason of an end beside it', () => {
    expect(read(encodeRefusal('BAD_HANDSHAKE', 'no session is named'))).toEqual({
      ok: false,
      code: 'BAD_HANDSHAKE',
      message: 'the handshake is malformed: no session is named',
    });
    expect(read(encodeRefusal('ENDED', 'canceled', { reason: 'canceled', by: 'ann' }))).toEqual({
      ok: false,
      code: 'ENDED',
      message: 'the session has ended: canceled',
      reason: 'canceled',
      by: 'ann',
    });
  });

  test.each<[string, object]>([
    ['nothing in it', {}],
    ['no verdict', welcome],
    ['null for a verdict', { ok: null, ...welcome }],
    ['a text for a verdict', { ok: 'true', ...welcome }],
    ['a number for a verdict', { ok: 1, ...welcome }],
    ['a welcome without what is left', { ok: true, connectionLimit: -1 }],
    ['a welcome with a text for what is left', { ok: true, ...welcome, connectionsLeft: '3' }],
    ['a welcome with null for what is left', { ok: true, ...welcome, connectionsLeft: null }],
    ['the facts of a refusal under a welcome', { ok: true, code: 'LIMIT', message: 'no' }],
    ['a refusal without its code', { ok: false, message: 'no' }],
    ['a refusal without a message', { ok: false, code: 'LIMIT' }],
    ['a refusal with a number for its code', { ok: false, code: 7, message: 'no' }],
    ['a refusal with null for its message', { ok: false, code: 'LIMIT', message: null }],
    ['the facts of a welcome under a refusal', { ok: false, ...welcome }],
    ['a word of the control connection', { type: 'ping' }],
    ['a first frame of a client', { version: 1, purpose: 'connection', session: 's_1234567890' }],
  ])('with %s is taken for none', (_, frame) => {
    const refusal = new FrameError('the worker answered something else');
    expect(() => readAnswer(frame as Record<string, unknown>)).toThrow(refusal);
  });
});
