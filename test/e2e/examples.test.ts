import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { commandsOf } from '../support/commands';
import { freePort, killPrograms, runProgram, temporaryFolder } from '../support/program';
import { eventually, authorize, makeTarget, startHost } from '../support/session-client';
import { createTestDatabase, testCluster } from '../support/test-database';
import { startTestServer, type TestServer } from '../support/test-server';

const examples = join(__dirname, '..', '..', 'examples');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  killPrograms();
  await server.stop();
});

/** Runs an example as its first lines say. */
function run(name: string, args: string[], password = 'password') {
  const env = { PATH: process.env['PATH'], POSTERN_ADDR: server.url, POSTERN_PASSWORD: password };
  return heard(
    spawn(process.execPath, [join(examples, name), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/** What a process says, and how it ends. */
function heard(child: ChildProcessByStdio<null, Readable, Readable>) {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  );
  return { child, said: () => said, ended };
}

test('every example is run by this file', () => {
  expect(readdirSync(examples).sort()).toEqual([
    'ci-job.sh',
    'list-targets.js',
    'team.hcl',
    'team.yaml',
    'watch-sessions.js',
  ]);
});

describe('ci-job.sh', () => {
  const folder = temporaryFolder();
  beforeAll(() => {
    const postern = join(folder.path, 'postern');
    writeFileSync(
      postern,
      `#!/bin/sh\nexec "${process.execPath}" "${join(examples, '..', 'dist', 'main.js')}" "$@"\n`,
    );
    chmodSync(postern, 0o755);
  });
  afterAll(() => folder.remove());

  /** Runs the job with two variables and a home that is not there. */
  const job = (token: string, name: string) => {
    const PATH = `${folder.path}:${process.env['PATH'] ?? ''}`;
    const env = { PATH, HOME: join(folder.path, 'home'), POSTERN_ADDR: server.url, POSTERN_TOKEN: token };
    const args = ['p_1234567890', name, '10.0.0.17', '5432'];
    return heard(spawn(join(examples, 'ci-job.sh'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] })).ended;
  };

  test('makes a target with a token and nothing else, until that is revoked', async () => {
    const { item } = commandsOf(server, await server.signIn());
    const user = await item('users', 'create', '-type=service', '-name=pipeline');
    const role = await item('roles', 'create', '-scope-id=p_1234567890', '-name=pipeline');
    await item('roles', 'add-principals', `-id=${role.id}`, `-principal=${user.id}`);
    const grants = ['host-catalog', 'host', 'host-set', 'target'].map((type) => {
      const more = { 'host-set': ',add-hosts', target: ',add-host-sources' }[type] ?? '';
      return `-grant=ids=*;type=${type};actions=create,read${more}`;
    });
    await item('roles', 'add-grants', `-id=${role.id}`, ...grants);
    const issued = await item('users', 'issue-api-token', `-id=${user.id}`, '-name=ci', '-expires-in=1h');

    const { code, said } = await job(issued.token, 'review-17');
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/^ttcp_\w{10}\n$/) });
    const target = await item('targets', 'read', `-id=${said.trim()}`);
    expect(target).toMatchObject({
      name: 'review-17',
      defaultPort: 5432,
      hostSourceIds: [expect.any(String)],
    });
    expect(readdirSync(folder.path)).toEqual(['postern']);

    expect(await job(issued.token, 'review-17')).toMatchObject({
      ...{ code: 1, said: expect.stringContaining('must be unique') },
    });
    await commandsOf(server, await server.signIn()).run(['auth-tokens', 'delete', `-id=${issued.id}`]);
    expect(await job(issued.token, 'review-18')).toEqual({
      code: 3,
      said: 'the API token is not valid (any more); have another one issued: postern users issue-api-token\n',
    });
  }, 60_000);
});

describe('list-targets.js', () => {
  test('prints each target with its id and its scope', async () => {
    const id = await makeTarget(server, 5432);
    const { code, said } = await run('list-targets.js', ['admin']).ended;
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining(`${id}  Generated project scope / `),
    });
  });

  test('says why nobody is signed in', async () => {
    const { code, said } = await run('list-targets.js', ['admin'], 'guess').ended;
    expect({ code, said }).toEqual({ code: 1, said: 'UNAUTHENTICATED: login name or password is wrong\n' });
  });
});

test('watch-sessions.js prints a session from its beginning to its end, with who ended it', async () => {
  const host = await startHost();
  const admin = await server.signIn();
  const watching = run('watch-sessions.js', ['admin']);
  await eventually('the checkpoint', () => Promise.resolve(/changes follow/.test(watching.said())));
  const { id } = await authorize(server, admin, await makeTarget(server, host.port));
  await server.ask(
    'mutation ($input: CancelSessionInput!) { cancelSession(input: $input) { session { id } } }',
    { input: { id } },
    admin,
  );
  await eventually('the end', () => Promise.resolve(/TERMINATED/.test(watching.said())));
  const lines = watching
    .said()
    .split('\n')
    .filter((line) => line.includes(id));
  expect(lines[0]).toMatch(/PENDING {2}admin on /);
  expect(lines.at(-1)).toMatch(/TERMINATED .* CANCELED by admin$/);
  watching.child.kill('SIGINT');
  await watching.ended;
  await host.close();
});

test.each(['team.hcl', 'team.yaml'])(
  '%s makes a team whose member signs in and gets a session on its one target',
  async (name) => {
    const database = await createTestDatabase();
    const { path, remove } = temporaryFolder();
    const api = `127.0.0.1:${await freePort()}`;
    const started = runProgram(
      [
        ...['server', '--config', join(examples, name), '--api-listen-address', api],
        ...['--proxy-listen-address', `127.0.0.1:${await freePort()}`],
      ],
      {
        env: {
          HOME: path,
          DATABASE_URL: database.url,
          POSTERN_ROOT_KEY: testCluster().rootKey,
          TEAM_PASSWORD: 'correct horse',
          ORDERS_PASSWORD: 'battery staple',
        },
      },
    );
    await started.says(/Ctrl-C stops everything/);
    const env = { HOME: path, POSTERN_ADDR: `http://${api}`, PW: 'correct horse' };
    const postern = (...args: string[]) => runProgram(args, { env }).ended;
    const scopes = JSON.parse((await postern('scopes', 'list', '-format=json')).stdout) as {
      items: { id: string; name: string }[];
    };
    const shop = scopes.items.find((scope) => scope.name === 'Shop')!.id;
    const login = ['authenticate', 'password', '-login-name=ann', '-password=env://PW', `-scope-id=${shop}`];
    expect(await postern(...login)).toMatchObject({ code: 0, stderr: '' });
    const target = ['-name=orders', '-scope-name=Production'];
    const authorized = await postern('targets', 'authorize-session', ...target, '-format=json');
    expect(authorized).toMatchObject({ code: 0, stdout: expect.stringContaining('tcp://10.0.0.17:5432') });
    const { item } = JSON.parse(authorized.stdout) as { item: { credentials: { secret: object }[] } };
    expect(item.credentials.map(({ secret }) => secret)).toEqual([
      { username: 'orders_rw', password: 'battery staple' },
    ]);
    started.kill('SIGINT');
    await started.ended;
    await database.drop();
    remove();
  },
  30_000,
);
