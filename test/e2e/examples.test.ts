import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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
  const child = spawn(process.execPath, [join(examples, name), ...args], {
    env: { PATH: process.env['PATH'], POSTERN_ADDR: server.url, POSTERN_PASSWORD: password },
  });
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
    'list-targets.js',
    'team.hcl',
    'team.yaml',
    'watch-sessions.js',
  ]);
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
