import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiClient, serverUrl } from '../../src/cli/api-client';
import { CliFailure, exitCodeOf } from '../../src/cli/cli-failure';
import { factLines } from '../../src/cli/output';
import { allPages } from '../../src/cli/pages';
import { errorCodes, type ErrorCode } from '../../src/core/failure';
import { makeWebCertificate } from '../support/web-certificate';

const servers: (Server | TcpServer)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Listens on a free port of this machine; the port. */
async function listening(server: Server | TcpServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serving = async (handle: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createServer(handle))}`;

/** A server that always gives that answer. */
const answering = (body: string, status = 200): Promise<string> =>
  serving((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(body));
  });

const ask = (address: string, token: string | null = null): Promise<unknown> =>
  apiClient({ address, token, caFile: null }).run('{ viewer { id } }');

async function failureOf(work: Promise<unknown>): Promise<CliFailure> {
  const failure = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(CliFailure);
  return failure as CliFailure;
}

describe('a server that means harm', () => {
  const rude = '\u001b]0;title\u0007\u001b[2J\u202ereversed\nforged: yes';

  test.each([
    ['an error that is null', '{"errors":[null]}', 'the server refused and did not say why'],
    ['an error without a message', '{"errors":[{}]}', 'the server refused and did not say why'],
    [
      'a code that is a property of every object',
      '{"errors":[{"message":"no","extensions":{"code":"constructor"}}]}',
      'no',
    ],
    ['nothing of what was asked', '{"data":{}}', /answered without what was asked for/],
    ['data that is no object', '{"data":7}', /answered without what was asked for/],
    ['errors that are no list', '{"data":{"viewer":null},"errors":7}', /no JSON; is that a postern server/],
  ])('is answered with one sentence: %s', async (_, body, sentence) => {
    const failure = await failureOf(ask(await answering(body)));
    expect(failure.exitCode).toBe(1);
    expect(failure.message).toMatch(sentence);
  });

  test('cannot write to the terminal: what it says is shown with its codes', async () => {
    const failure = await failureOf(ask(await answering(JSON.stringify({ errors: [{ message: rude }] }))));
    expect(failure.message).toBe('\\u{1b}]0;title\\u{7}\\u{1b}[2J\\u{202e}reversed\\u{a}forged: yes');
    expect(factLines({ Name: rude }, 2).join('')).toBe(`  Name:    ${failure.message}`);
  });

  test('may show a place below its sentence, and nothing that looks like another', async () => {
    const message = 'expected in\n  "db" in\n       ^\nforged: yes';
    const failure = await failureOf(ask(await answering(JSON.stringify({ errors: [{ message }] }))));
    expect(failure.message).toBe('expected in\n  "db" in\n       ^\\u{a}forged: yes');
  });

  test.each([
    ['says that there is always more', { hasNextPage: true, endCursor: 'here' }, /does not say where/],
    ['says that there is more nowhere', { hasNextPage: true, endCursor: null }, /does not say where/],
  ])('is asked a bounded number of times when it %s', async (_, pageInfo, sentence) => {
    let asked = 0;
    const address = await serving((request, response) => {
      asked += 1;
      request
        .resume()
        .on('end', () => response.end(JSON.stringify({ data: { targets: { nodes: [], pageInfo } } })));
    });
    const api = apiClient({ address, token: null, caFile: null });
    expect((await failureOf(allPages(api, 'query', {}))).message).toMatch(sentence);
    expect(asked).toBeLessThanOrEqual(2);
  });

  test('is not a page when it is none', async () => {
    const api = apiClient({
      address: await answering('{"data":{"targets":{"nodes":7}}}'),
      token: null,
      caFile: null,
    });
    expect((await failureOf(allPages(api, 'query', {}))).message).toBe(
      'the server answered with something that is no page',
    );
  });
});

describe('the address of a server', () => {
  test.each([
    ['http://127.0.0.1:9200', 'http://127.0.0.1:9200'],
    ['http://127.0.0.1:9200/graphql', 'http://127.0.0.1:9200'],
    ['http://127.8.9.10', 'http://127.8.9.10'],
    ['http://localhost:9200', 'http://localhost:9200'],
    ['http://LOCALHOST', 'http://localhost'],
    ['http://[::1]:9200', 'http://[::1]:9200'],
    ['https://postern.example', 'https://postern.example'],
    ['https://192.0.2.7:9200', 'https://192.0.2.7:9200'],
  ])('may be %s', (address, origin) => {
    expect(serverUrl(address).origin).toBe(origin);
  });

  test.each([
    'http://postern.example:9200',
    'http://192.0.2.7:9200',
    'http://0.0.0.0:9200',
    'http://localhost.example:9200',
    'http://127.0.0.1.example:9200',
    'http://127.0.0.1@postern.example:9200',
    'http://[2001:db8::1]:9200',
  ])('beyond this machine is not plain http: %s', (address) => {
    const { origin } = new URL(address);
    expect(() => serverUrl(address)).toThrow(
      new CliFailure(
        `${origin} is not on this machine, so the token would cross the network in the clear; use https://`,
      ),
    );
  });

  test.each(['9200', '', 'nonsense', 'http://', '127.0.0.1'])('is one at all: %j', (address) => {
    expect(() => serverUrl(address)).toThrow(
      new CliFailure(`-addr ${JSON.stringify(address)} is no address; write it like http://127.0.0.1:9200`),
    );
  });

  test.each(['ftp://127.0.0.1', 'ws://127.0.0.1:9200', 'localhost:9200', 'file:///tmp'])(
    'is of http or https: %s',
    (address) => {
      expect(() => serverUrl(address)).toThrow(new CliFailure('-addr must begin with http:// or https://'));
    },
  );

  test('is checked before anything is sent', () => {
    expect(() => apiClient({ address: 'http://postern.example', token: 'at_1', caFile: null })).toThrow(
      CliFailure,
    );
  });
});

describe('a request', () => {
  test('carries the document, its variables and the token, and gives the data', async () => {
    const seen: { request?: IncomingMessage; body?: unknown } = {};
    const address = await serving((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.request = request;
        seen.body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        response.end(JSON.stringify({ data: { node: { name: 'é' } } }));
      });
    });
    const client = apiClient({ address: `${address}/somewhere?else`, token: 'at_1', caFile: null });
    await expect(client.run('query ($id: ID!) { node(id: $id) { name } }', { id: 'ü' })).resolves.toEqual({
      node: { name: 'é' },
    });
    expect(client.address).toBe(address);
    expect(seen.request).toMatchObject({ method: 'POST', url: '/graphql' });
    expect(seen.request?.headers).toMatchObject({
      'content-type': 'application/json',
      authorization: 'Bearer at_1',
    });
    expect(seen.body).toEqual({
      query: 'query ($id: ID!) { node(id: $id) { name } }',
      variables: { id: 'ü' },
    });
  });

  test('carries no token when there is none', async () => {
    let headers: IncomingMessage['headers'] = {};
    const address = await serving((request, response) => {
      headers = request.headers;
      request.resume().on('end', () => response.end('{"data":{"viewer":null}}'));
    });
    await ask(address);
    expect(headers).not.toHaveProperty('authorization');
  });
});

describe('an error of the server', () => {
  test.each(Object.entries(exitCodeOf) as [ErrorCode, number][])(
    '%s ends the command with %i',
    async (code, status) => {
      const errors = [{ message: 'you may not', extensions: { code } }, { message: 'and another' }];
      const failure = await failureOf(ask(await answering(JSON.stringify({ data: null, errors }))));
      expect(failure).toMatchObject({ message: 'you may not', exitCode: status, code });
    },
  );

  test('has an exit status for every code there is', () => {
    expect(Object.keys(exitCodeOf).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  test.each([
    ['without a code', { message: 'it broke' }, null],
    ['of a newer release', { message: 'it broke', extensions: { code: 'TOO_NEW' } }, 'TOO_NEW'],
  ])('%s ends the command with 1', async (_, error, code) => {
    const failure = await failureOf(ask(await answering(JSON.stringify({ errors: [error] }), 400)));
    expect(failure).toMatchObject({ message: 'it broke', exitCode: 1, code });
  });
});

describe('an answer that is none of ours', () => {
  test.each([
    ['a page', '<html></html>', 200],
    ['nothing', '', 204],
    ['half of it', '{"data":', 502],
  ])('is told with its status: %s', async (_, body, status) => {
    const address = await answering(body, status);
    const failure = await failureOf(ask(address));
    expect(failure.message).toBe(`${address} answered ${status} and no JSON; is that a postern server?`);
  });

  test.each([
    ['null', 'null', 200],
    ['a list', '[]', 200],
    ['a text', '"hello"', 200],
    ['an object of another API', '{"error":"not found"}', 404],
    ['an object with nothing', '{}', 200],
  ])('is told when it is other JSON: %s', async (_, body, status) => {
    const failure = await failureOf(ask(await answering(body, status)));
    expect(failure.message).toMatch(/is that a postern server\?$/);
  });
});

describe('a server that cannot be reached', () => {
  test('for nobody listens at the port is told with what to do', async () => {
    const server = createTcpServer();
    const port = await listening(server);
    servers.length = 0;
    await new Promise((resolve) => server.close(resolve));
    const failure = await failureOf(ask(`http://127.0.0.1:${port}`));
    expect(failure).toMatchObject({
      message: `nothing answers at http://127.0.0.1:${port}; start the server with \`postern server\`, or give -addr`,
      exitCode: 1,
    });
    const byName = await failureOf(ask(`http://localhost:${port}`));
    expect(byName.message).toContain(`nothing answers at http://localhost:${port}; `);
  });

  test('for something else listens there is told with its address', async () => {
    const port = await listening(createTcpServer((socket) => socket.on('error', () => {}).destroy()));
    const failure = await failureOf(ask(`http://127.0.0.1:${port}`));
    expect(failure.message).toMatch(new RegExp(`^http://127.0.0.1:${port} cannot be reached: .+`));
  });

  test('to the end of its answer is told with its address', async () => {
    const address = await serving((request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"data":', () => request.socket.destroy());
    });
    const failure = await failureOf(ask(address));
    expect(failure.message).toMatch(new RegExp(`^${address} cannot be reached: .+`));
  });
});

describe('a server with TLS', () => {
  const certificate = makeWebCertificate();
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-tls-'));
    writeFileSync(join(folder, 'cert.pem'), certificate.cert);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const secureServer = async (): Promise<string> => {
    const server = createHttpsServer(certificate, (request, response) => {
      request.resume().on('end', () => response.end('{"data":{"fine":true}}'));
    });
    return `https://127.0.0.1:${await listening(server)}`;
  };

  test('is trusted when the authority that is named vouches for it', async () => {
    const address = await secureServer();
    const client = apiClient({ address, token: 'at_1', caFile: join(folder, 'cert.pem') });
    await expect(client.run('{ fine }')).resolves.toEqual({ fine: true });
  });

  test('is not trusted when nobody vouches for it', async () => {
    const address = await secureServer();
    const failure = await failureOf(ask(address, 'at_1'));
    expect(failure.message).toMatch(/^https:\/\/127\.0\.0\.1:\d+ cannot be reached: .*certificate/);
  });

  test('needs an authority that can be read', () => {
    const make = (): unknown =>
      apiClient({ address: 'https://127.0.0.1:1', token: null, caFile: join(folder, 'nowhere.pem') });
    expect(make).toThrow(CliFailure);
    expect(make).toThrow(/^the CA certificate cannot be read: ENOENT/);
  });
});
