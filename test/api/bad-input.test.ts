import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { keptLog } from '../support/kept-log';
import { eventually } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

const log = keptLog();
let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer({ allowedOrigin: 'https://console.example' }, {}, undefined, log);
  admin = await server.signIn();
});
afterAll(() => server.stop());

/** After every row the server must go on as if nothing had been. */
afterEach(async () => {
  const { data } = await server.ask('{ __typename }');
  expect(data).toEqual({ __typename: 'Query' });
});

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const asked = httpRequest({ host: hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const post = (body: string | Buffer, headers: Record<string, string> = json) =>
  send('POST', '/graphql', headers, body);
const ask = (query: string, more: object = {}) => post(JSON.stringify({ query, ...more }));
const aliases = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: __typename`).join(' ');

describe('HTTP', () => {
  test.each<[string, () => Promise<Reply>, number, string]>([
    [
      'a foreign Host header',
      () => post('{"query":"{__typename}"}', { ...json, host: 'evil.example' }),
      421,
      'does not go by that name',
    ],
    [
      'a foreign Host header with our port',
      () => post('{"query":"{__typename}"}', { ...json, host: `evil.example:${new URL(server.url).port}` }),
      421,
      'does not go by that name',
    ],
    [
      'a page of another origin',
      () => post('{"query":"{__typename}"}', { ...json, origin: 'https://evil.example' }),
      403,
      'pages of that origin may not',
    ],
    [
      'a page without an origin',
      () => post('{"query":"{__typename}"}', { ...json, origin: 'null' }),
      403,
      'pages of that origin may not',
    ],
    [
      'a form',
      () => post('query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'send application/json',
    ],
    [
      'plain text',
      () => post('{"query":"{__typename}"}', { 'content-type': 'text/plain' }),
      415,
      'send application/json',
    ],
    [
      'another charset',
      () => post('{}', { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'in UTF-8',
    ],
    ['a compressed body', () => post('{}', { ...json, 'content-encoding': 'gzip' }), 415, 'uncompressed'],
    ['half a body', () => post('{"query":'), 400, 'the body is not JSON'],
    ['an empty body', () => post(''), 400, 'the body is not JSON'],
    ['a batch', () => post('[{"query":"{__typename}"}]'), 400, 'must be one object'],
    ['a body without a query', () => post('{}'), 400, 'must have a query'],
    ['a query that is no string', () => post('{"query":1}'), 400, 'must have a query'],
    [
      'an operation name that is no string',
      () => post('{"query":"{__typename}","operationName":1}'),
      400,
      'operationName must be a string',
    ],
    [
      'a body over the limit',
      () => post(JSON.stringify({ query: '{__typename}', variables: { x: 'x'.repeat(200_000) } })),
      413,
      'longer than 100000 bytes',
    ],
    [
      'JSON nested ten thousand deep',
      () => post(`{"query":"{__typename}","variables":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
      400,
      '',
    ],
    ['a document that does not parse', () => ask('{'), 400, 'GRAPHQL_PARSE_FAILED'],
    [
      'an unknown field, without a hint what there is',
      () => ask('{ sesions { id } }'),
      400,
      'Cannot query field \\"sesions\\" on type \\"Query\\"."',
    ],
    ['introspection without a token', () => ask('{ __schema { types { name } } }'), 400, 'introspection'],
    ['too many aliases', () => ask(`{ ${aliases(31)} }`), 400, 'more than 30 aliases'],
    [
      'too many root fields',
      () => ask(`{ ${Array(21).fill('__typename').join(' ')} }`),
      400,
      'more than 20 root fields',
    ],
    [
      'too many tokens',
      () => ask(`{ ${Array(2001).fill('__typename').join(' ')} }`),
      400,
      'GRAPHQL_PARSE_FAILED',
    ],
    [
      'a nesting too deep',
      () => ask(`{ scope(id: "x") ${'{ parent '.repeat(13)} { id } ${'}'.repeat(13)} }`),
      400,
      'nested deeper than 12',
    ],
    [
      'two operations and no name',
      () => ask('query A { __typename } query B { __typename }'),
      400,
      'name the operation',
    ],
    [
      'a subscription by POST',
      () => ask('subscription { session(id: "s_0000000000") { id } }'),
      400,
      'run over WebSocket',
    ],
    [
      'a mutation by GET',
      () =>
        send(
          'GET',
          `/graphql?query=${encodeURIComponent('mutation { cancelSession(input: { id: "s" }) { session { id } } }')}`,
          { 'apollo-require-preflight': '1' },
        ),
      405,
      'mutations go by POST',
    ],
    [
      'a GET without the header that a form cannot send',
      () => send('GET', '/graphql?query={__typename}'),
      400,
      'CSRF',
    ],
    ['another method', () => send('DELETE', '/graphql'), 405, 'use POST'],
    ['a path that is none', () => send('GET', '/graphql/../etc/passwd'), 404, 'there is nothing here'],
    [
      'a variable of the wrong type',
      () =>
        ask('query ($n: Int) { sessions(scopeId: "global", first: $n) { nodes { id } } }', {
          variables: { n: 'many' },
        }),
      400,
      'INVALID_INPUT',
    ],
    [
      'a field of a variable that is nearly one',
      () =>
        ask('mutation ($i: AuthenticateInput!) { authenticate(input: $i) { token } }', {
          variables: { i: { loginNam: 'admin', loginName: 'admin', password: 'x' } },
        }),
      400,
      'loginNam\\" is not defined by type',
    ],
    [
      'a time that is none',
      () => ask('{ sessions(scopeId: "global", filter: { createdAfter: "yesterday" }) { nodes { id } } }'),
      400,
      'DateTime',
    ],
  ])('%s', async (_, work, status, text) => {
    const reply = await work();
    expect({ status: reply.status, body: reply.body }).toEqual({
      status,
      body: expect.stringContaining(text),
    });
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(reply.body).not.toMatch(/node_modules|\bat \w+ \(|Did you mean|select |insert /);
    expect(() => JSON.parse(reply.body) as unknown).not.toThrow();
  });

  test.each([
    ['a NUL in an id', '{ target(id: "ttcp_\\u0000") { id } }', 'INVALID_INPUT'],
    ['an id of the wrong kind', '{ target(id: "u_1234567890") { id } }', 'NOT_FOUND'],
    ['an id that is none', '{ session(id: "\'; drop table session; --") { id } }', 'NOT_FOUND'],
    [
      'fifty-one values in a filter',
      `{ sessions(scopeId: "global", filter: { userIdIn: [${Array(51).fill('"u"').join()}] }) { nodes { id } } }`,
      'INVALID_INPUT',
    ],
    ['a hundred and one nodes', `{ nodes(ids: [${Array(101).fill('"u"').join()}]) { id } }`, 'INVALID_INPUT'],
    [
      'a comment that turns the direction of writing',
      `mutation { cancelSession(input: { id: "s_0000000000", comment: "\u202Efdp.exe" }) { session { id } } }`,
      'INVALID_INPUT',
    ],
    [
      'a comment that is too long',
      `mutation { cancelSession(input: { id: "s_0000000000", comment: "${'x'.repeat(1025)}" }) { session { id } } }`,
      'INVALID_INPUT',
    ],
    [
      'a password of a kilobyte and more',
      `mutation { authenticate(input: { loginName: "admin", password: "${'x'.repeat(1025)}" }) { token } }`,
      'INVALID_INPUT',
    ],
    [
      'a detached token that is none',
      'mutation { redeemAuthorization(input: { token: "x", clientPublicKey: "MCowBQYDK2VwAyEAYEQKuzMoTJ6vdlIUUmx0NBol3+EzGNR4WBp7PTGX8NI=" }) { session { id } } }',
      'UNAUTHENTICATED',
    ],
  ])('%s is answered with its code', async (_, query, code) => {
    const { errors } = await server.ask(query, {}, admin);
    expect(errors![0]!.extensions['code']).toBe(code);
    expect(errors![0]!.extensions['requestId']).toMatch(/^req_\w{10}$/);
  });

  test('origins that are named may use it', async () => {
    expect(
      (await post('{"query":"{__typename}"}', { ...json, origin: 'https://console.example' })).status,
    ).toBe(200);
    expect((await post('{"query":"{__typename}"}', { ...json, origin: server.url })).status).toBe(200);
  });

  test('a body that never comes is cut after its time, and others are served meanwhile', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
    );
    const reply = new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect((await server.ask('{ __typename }')).status).toBe(200);
    expect(await reply).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('errors of the broker itself say nothing from inside', async () => {
    await server.database.sql('alter table iam_user rename to iam_user_gone');
    const { errors } = await server.ask('{ users(scopeId: "global") { nodes { id } } }', {}, admin);
    await server.database.sql('alter table iam_user_gone rename to iam_user');
    expect(errors![0]).toMatchObject({
      message: expect.stringMatching(/^a fault of the broker; name request req_\w+/),
    });
    expect(JSON.stringify(errors)).not.toContain('iam_user');
  });
});

describe('WebSocket', () => {
  const open = (headers: Record<string, string> = {}, protocol = 'graphql-transport-ws') =>
    new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocol, { headers });
  const refusedWith = (socket: WebSocket): Promise<number | string> =>
    new Promise((resolve) => {
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
      socket.on('error', (error) => resolve(error.message));
      socket.on('open', () => resolve('open'));
    });
  const closedWith = (socket: WebSocket): Promise<{ code: number; reason: string }> =>
    new Promise((resolve) => {
      socket.on('error', () => {});
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  const acknowledged = async (payload: object = {}): Promise<WebSocket> => {
    const socket = open();
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    await new Promise((resolve) => socket.once('message', resolve));
    return socket;
  };
  const init = JSON.stringify({ type: 'connection_init' });

  test.each<[string, Record<string, string>, number]>([
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['a foreign Host header', { host: 'evil.example' }, 421],
  ])('%s is turned away before the upgrade', async (_, headers, status) => {
    expect(await refusedWith(open(headers))).toBe(status);
  });

  test('a protocol that is not spoken', async () => {
    expect(await refusedWith(open({}, 'graphql-ws'))).toMatch(/subprotocol/i);
  });

  test.each<[string, (socket: WebSocket) => void, number]>([
    ['nothing said for three seconds', () => {}, 4408],
    [
      'a token that is not valid',
      (socket) =>
        socket.send(JSON.stringify({ type: 'connection_init', payload: { token: 'at_0000000000_x' } })),
      4403,
    ],
    ['two beginnings', (socket) => [init, init].forEach((text) => socket.send(text)), 4429],
    [
      'a subscription before the beginning',
      (socket) =>
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{__typename}' } })),
      4401,
    ],
    ['text that is no JSON', (socket) => socket.send('nonsense'), 4400],
    ['a message of an unknown type', (socket) => socket.send('{"type":"hello"}'), 4400],
    ['a binary message', (socket) => socket.send(Buffer.from(init)), 4400],
    ['a frame over the limit', (socket) => socket.send('x'.repeat(70_000)), 1009],
    [
      'a flood of messages',
      (socket) => Array.from({ length: 60 }, () => socket.send('{"type":"ping"}')),
      4503,
    ],
  ])('%s closes the socket', async (_, act, code) => {
    const socket = open();
    const closed = closedWith(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    act(socket);
    expect((await closed).code).toBe(code);
  });

  test('two operations of one id', async () => {
    const socket = await acknowledged({ token: admin });
    const closed = closedWith(socket);
    const subscribe = JSON.stringify({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { sessionEvents(scopeId: "global") { __typename } }' },
    });
    socket.send(subscribe);
    socket.send(subscribe);
    expect((await closed).code).toBe(4409);
  });

  test('the twenty-first subscription closes the socket, and is no fault of the broker', async () => {
    const socket = await acknowledged({ token: admin });
    log.lines.length = 0;
    const closed = closedWith(socket);
    for (let id = 1; id <= 21; id++) {
      socket.send(
        JSON.stringify({
          id: String(id),
          type: 'subscribe',
          payload: { query: 'subscription { sessionEvents(scopeId: "global") { __typename } }' },
        }),
      );
    }
    expect((await closed).code).toBe(4503);
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  test.each<[string, Record<string, string>, object]>([
    ['an Authorization header that holds no token', { authorization: 'Basic YWRtaW46cGFzc3dvcmQ=' }, {}],
    ['an Authorization header with two tokens', { authorization: 'Bearer a b' }, {}],
    ['a token that is no text', {}, { token: 5 }],
    ['a token that is a list', {}, { token: [] }],
  ])('%s is a token that is not valid, not a caller without one', async (_, headers, payload) => {
    const socket = open(headers);
    const closed = closedWith(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
    expect((await closed).code).toBe(4403);
  });

  test('an Authorization header may hold the token', async () => {
    const socket = open({ authorization: `Bearer ${admin}` });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(init);
    const said = await new Promise((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    );
    expect(said).toContain('connection_ack');
    socket.close();
  });

  test.each([
    ['introspection without a token', '{ __schema { types { name } } }', 'introspection'],
    ['thirty-one aliases', `{ ${aliases(31)} }`, 'more than 30 aliases'],
    ['an unknown field', '{ sesions { id } }', 'Cannot query field \\"sesions\\" on type \\"Query\\".'],
    ['a document that does not parse', '{', 'GRAPHQL_PARSE_FAILED'],
  ])('%s is refused as over HTTP, and the socket stays', async (_, query, text) => {
    const socket = await acknowledged();
    const answer = new Promise<string>((resolve) =>
      socket.once('message', (data: Buffer) => resolve(data.toString())),
    );
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    expect(await answer).toContain(text);
    expect(await answer).not.toContain('Did you mean');
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
  });

  test('a socket ends when its token does', async () => {
    const token = await server.signIn();
    await server.database.sql('alter table auth_token disable trigger auth_token_immutable');
    await server.database.sql(
      `update auth_token set expires_at = postern_now() + interval '500 milliseconds' where id = $1`,
      [token.slice(0, 13)],
    );
    await server.database.sql('alter table auth_token enable trigger auth_token_immutable');
    const socket = await acknowledged({ token });
    expect(await closedWith(socket)).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  test('a database that is away makes a socket come back later, without a word from inside', async () => {
    await server.database.sql('alter table auth_token rename to auth_token_gone');
    const socket = open();
    const closed = closedWith(socket);
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'connection_init', payload: { token: admin } }));
    expect(await closed).toEqual({ code: 1013, reason: 'Try again later' });
    await server.database.sql('alter table auth_token_gone rename to auth_token');
    await eventually(
      'the token to be known again',
      async () => (await server.ask('{ viewer { id } }', {}, admin)).data!['viewer'],
    );
  });
});
