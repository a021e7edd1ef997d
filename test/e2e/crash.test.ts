import { readFileSync, writeFileSync } from 'node:fs';
import { Client } from 'pg';
import {
  killPrograms,
  newInstallation,
  runProgram,
  type Installation,
  type Program,
} from '../support/program';
import { eventually } from '../support/session-client';

let installation: Installation;
let server: Program;

beforeAll(async () => {
  installation = await newInstallation();
  const file = `${installation.folder}/config/demo.hcl`;
  // A target whose sessions live as long as a restart takes.
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(
      '    target "tcp" "postgres" {',
      `    target "tcp" "brief" {
      session_max_seconds = 8
      default_port        = ${installation.demoPort}
      address             = "127.0.0.1"
    }

    target "tcp" "postgres" {`,
    ),
  );
  server = await installation.start();
  await installation.postern(['authenticate', 'password', '-login-name=admin'], { input: 'password\n' });
}, 90_000);
afterAll(async () => {
  server.kill('SIGINT');
  await server.ended;
  killPrograms();
  installation.remove();
});

const connect = async (name: string): Promise<Program & { port: number; id: string }> => {
  const proxy = runProgram(
    ['connect', `-target-name=${name}`, '-target-scope-name=QA_Tests', '-format=json'],
    { env: installation.env },
  );
  const { port, session_id: id } = JSON.parse((await proxy.says(/\{.*\}/))[0]) as {
    port: number;
    session_id: string;
  };
  return Object.assign(proxy, { port, id });
};
const query = async (port: number): Promise<unknown> => {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: 'secret',
    database: 'sampledb',
  });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ one: number }>('select 1 as one');
  await client.end();
  return rows[0];
};
const read = async (id: string) => {
  const { stdout } = await installation.postern(['sessions', 'read', `-id=${id}`, '-format=json']);
  return (JSON.parse(stdout) as { item: any }).item;
};

test('after kill -9 of the server nothing is stuck: connections are lost, sessions go on, and still end', async () => {
  const [used, canceledLater, brief] = [
    await connect('tests'),
    await connect('tests'),
    await connect('brief'),
  ];
  const client = new Client({
    host: '127.0.0.1',
    port: used.port,
    user: 'postgres',
    password: 'secret',
    database: 'sampledb',
  });
  const lost = new Promise((resolve) => client.once('error', resolve));
  await client.connect();
  await query(brief.port);
  await eventually(
    'the session to be active',
    async () =>
      (await read(used.id)).openConnectionCount !== null && (await read(used.id)).status === 'ACTIVE',
  );

  server.kill('SIGKILL');
  await server.ended;
  await lost;
  await used.says(/trying to reach it again|ECONNREFUSED|hung up/);
  server = await installation.start();

  const after = await read(used.id);
  expect(after.status).toBe('ACTIVE');
  expect(after.connections.nodes.map((one: { closedReason: string }) => one.closedReason)).toEqual([
    'WORKER_LOST',
  ]);
  await used.says(/the worker is there again; new connections are passed on/);
  // The same running `connect` makes a new connection, with the key it has: the worker shows the one it had.
  expect(await eventually('a new connection', () => query(used.port).catch(() => null), 10_000)).toEqual({
    one: 1,
  });

  const canceled = await installation.postern(['sessions', 'cancel', `-id=${used.id}`]);
  expect(canceled.code).toBe(0);
  expect((await used.ended).stdout).toContain('Session was canceled by admin');
  expect(await read(used.id)).toMatchObject({ status: 'TERMINATED', terminationReason: 'CANCELED' });

  // One that was never used can be ended as well, and expiry ends the third, whoever was away meanwhile.
  expect((await installation.postern(['sessions', 'cancel', `-id=${canceledLater.id}`])).code).toBe(0);
  expect((await canceledLater.ended).code).toBe(1);
  expect((await brief.ended).stdout).toContain('Session has expired');
  const ended = await eventually('its end', async () => {
    const found = await read(brief.id);
    return found.status === 'TERMINATED' && found;
  });
  expect(ended.terminationReason).toBe('TIMED_OUT');
  const [listed] = [await installation.postern(['sessions', 'list', '-recursive', '-format=json'])];
  expect(JSON.parse(listed.stdout)).toEqual({ items: [] });
}, 60_000);

test('a session that expires while everything is down is over when it comes up', async () => {
  const brief = await connect('brief');
  await query(brief.port);
  server.kill('SIGKILL');
  await server.ended;
  expect((await brief.ended).stdout).toContain('Session has expired');
  server = await installation.start();
  expect(await read(brief.id)).toMatchObject({ status: 'TERMINATED', terminationReason: 'TIMED_OUT' });
}, 60_000);
