import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  killPrograms,
  newInstallation,
  runProgram,
  type Installation,
  type Program,
} from '../support/program';

const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
const section = readme.slice(readme.indexOf('## Giving access'), readme.indexOf('## The same in files'));

/** The commands of the section, without their comments, in the order they are written. */
const lines = [...section.matchAll(/^\$ npx postern (.*?)(?: {2,}#.*)?$/gm)].map(([, line]) => line!);

let installation: Installation;
let server: Program;
beforeAll(async () => {
  installation = await newInstallation();
  server = await installation.start();
}, 90_000);
afterAll(async () => {
  server.kill('SIGINT');
  await server.ended;
  killPrograms();
  installation.remove();
});

/** Ids by their prefix, as the last command that made one printed it. */
const ids = new Map<string, string>();
const ANN_PASSWORD = 'correct-horse-battery';

/** The words of a line, with the ids that were printed in the place of `o_…`. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) =>
    word
      .replaceAll('"', '')
      .replace(/\b([a-z]+)_…/, (_, prefix: string) => ids.get(prefix) ?? `${prefix} was not made`)
      .replace('16001', String(installation.demoPort)),
  );

async function run(line: string, env: Record<string, string> = {}, input = ''): Promise<string> {
  const { code, stdout, stderr } = await installation.postern(wordsOf(line), { input, env });
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  for (const [id, prefix] of stdout.matchAll(/\b([a-z]+)_[A-Za-z0-9]{10}\b/g))
    if (new RegExp(`^  ID: +${id}$`, 'm').test(stdout)) ids.set(prefix!, id);
  return stdout;
}

test('whoever follows the page gives somebody access, and takes it away', async () => {
  expect(lines).toHaveLength(22);
  const home = join(installation.folder, 'ann');
  await run('authenticate password -login-name=admin -password=env://PW', { PW: 'password' });
  const [login, connect, explain, whoCan, audit, removal] = lines.slice(16) as [string, ...string[]] &
    Record<1 | 2 | 3 | 4 | 5, string>;
  // Beside the demo everybody may ask for sessions; without that, only the role of the page lets Ann in.
  const { items } = JSON.parse(await run('roles list -scope-id=global -format=json')) as {
    items: { id: string; name: string }[];
  };
  const everybody = items.find(({ name }) => name === 'Authenticated User Grants');
  await run(
    `roles remove-grants -id=${everybody?.id} -grant=ids=*;type=target;actions=list,read,authorize-session`,
  );
  for (const line of lines.slice(0, 12)) await run(line, { ANN_PASSWORD });
  await run(login, { HOME: home }, `${ANN_PASSWORD}\n`);
  const asked = ['targets', 'authorize-session', '-id=orders.shop'];
  const before = await installation.postern(asked, { env: { HOME: home } });
  expect(before).toMatchObject({ code: 3, stderr: expect.stringMatching(/^no such target/) });
  expect(lines[12]).toMatch(/^roles add-grants /);
  await run(lines[12] as string);
  for (const line of lines.slice(13, 16)) await run(line, { DB_PASSWORD: 'secret' });

  // Without psql, which may not be installed: the local port, and a client of our own.
  const proxy = runProgram(
    wordsOf(connect.replace('connect postgres', 'connect').replace(/ -dbname.*/, '')),
    {
      env: { ...installation.env, HOME: home },
    },
  );
  const port = Number((await proxy.says(/Port: +(\d+)/))[1]);
  const [, user, password] = await proxy.says(/username: +(\S+)\s+password: +(\S+)\n/);
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'sampledb',
  });
  const cut = new Promise((resolve) => client.once('end', resolve));
  client.on('error', () => {});
  await client.connect();
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);

  expect(await run(explain)).toMatch(/yes[^]*On call/i);
  expect(await run(whoCan)).toMatch(/Ann/);
  expect(await run(audit)).toMatch(/ann .*authorizeSession|Ann .*authorizeSession/);
  const from = performance.now();
  await run(removal);
  await cut;
  expect(performance.now() - from).toBeLessThan(5000);
  const { stdout, stderr } = await proxy.ended;
  expect(stdout + stderr).toMatch(/Permission for the session was revoked/);
}, 120_000);
