import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  describeWithPsql,
  installed,
  killPrograms,
  newInstallation,
  runProgram,
  type Installation,
  type Program,
} from '../support/program';
import { secretsIn } from '../support/secret-forms';
import { eventually } from '../support/session-client';
import { filesWith, sightings, watch } from '../support/sightings';

const main = join(__dirname, '..', '..', 'dist', 'main.js');
const password = `Pw:${randomBytes(15).toString('base64url')}\\`;

describeWithPsql('somebody who knows no password connects to PostgreSQL', () => {
  let installation: Installation;
  let server: Program & { url: string };
  let env: Record<string, string>;
  let folders: Record<'home' | 'runtime' | 'temporary', string>;
  beforeAll(async () => {
    installation = await newInstallation();
    server = await installation.start(['--log-level', 'debug', '--log-format', 'json']);
    const place = { host: '127.0.0.1', port: installation.demoPort, user: 'postgres' };
    const client = new Client({ ...place, password: 'secret', database: 'sampledb' });
    await client.connect();
    await client.query(`alter role postgres password '${password}'`);
    await client.end();
    await installation.postern(['authenticate', 'password', '-login-name=admin'], { input: 'password\n' });
    await setUp();
    folders = {
      home: join(installation.folder, 'grace'),
      runtime: join(installation.folder, 'runtime'),
      temporary: join(installation.folder, 'temporary'),
    };
    for (const folder of Object.values(folders)) mkdirSync(folder, { mode: 0o700 });
    env = {
      ...{ HOME: folders.home, XDG_RUNTIME_DIR: folders.runtime, TMPDIR: folders.temporary },
      ...{ POSTERN_ADDR: server.url, PGDATABASE: 'sampledb', TERM: 'dumb', PAGER: 'cat' },
    };
    const login = ['authenticate', 'password', '-login-name=grace', `-auth-method-id=${ids['method']}`];
    const signedIn = await runProgram(login, { env, input: 'correct horse\n' }).ended;
    expect(signedIn).toMatchObject({ code: 0 });
  }, 120_000);
  afterAll(async () => {
    server.kill('SIGINT');
    await server.ended;
    killPrograms();
    installation.remove();
  });

  const ids: Record<string, string> = {};
  /** Runs a command of the administrator; the id of what it made. */
  async function made(args: string[], more: Record<string, string> = {}): Promise<string> {
    const { code, stdout, stderr } = await installation.postern([...args, '-format=json'], { env: more });
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return (JSON.parse(stdout) as { item: { id: string } }).item.id;
  }
  async function setUp(): Promise<void> {
    const [org, project] = ['o_1234567890', 'p_1234567890'];
    ids['store'] = await made(['credential-stores', 'create', 'static', `-scope-id=${project}`]);
    const given = { PASSWORD: password };
    const credential = ['credentials', 'create', 'username-password', `-credential-store-id=${ids['store']}`];
    ids['credential'] = await made([...credential, '-username=postgres', '-password=env://PASSWORD'], given);
    const place = ['-address=127.0.0.1', `-default-port=${installation.demoPort}`];
    ids['target'] = await made([
      'targets',
      'create',
      'tcp',
      `-scope-id=${project}`,
      '-name=orders',
      ...place,
    ]);
    const source = `-brokered-credential-source=${ids['credential']}`;
    await made(['targets', 'add-credential-sources', `-id=${ids['target']}`, source]);
    ids['method'] = await made(['auth-methods', 'create', 'password', `-scope-id=${org}`]);
    const account = [
      'accounts',
      'create',
      'password',
      `-auth-method-id=${ids['method']}`,
      '-login-name=grace',
    ];
    ids['account'] = await made([...account, '-password=env://PASSWORD'], { PASSWORD: 'correct horse' });
    ids['user'] = await made(['users', 'create', `-scope-id=${org}`]);
    await made(['users', 'add-accounts', `-id=${ids['user']}`, `-account=${ids['account']}`]);
    ids['role'] = await made(['roles', 'create', `-scope-id=${project}`]);
    await made(['roles', 'add-principals', `-id=${ids['role']}`, `-principal=${ids['user']}`]);
    const grant = `-grant=ids=${ids['target']};actions=authorize-session`;
    await made(['roles', 'add-grants', `-id=${ids['role']}`, grant]);
  }

  const connect = (...psql: string[]): Program =>
    runProgram(['connect', 'postgres', `-target-id=${ids['target']}`, '--', ...psql], { env });
  /** Sends psql something that it answers. */
  async function ask(program: Program, sql: string, answer: RegExp): Promise<void> {
    program.child.stdin!.write(`${sql}\n`);
    await program.says(answer);
  }
  const privateFolders = (): string[] =>
    readdirSync(folders.runtime).filter((name) => name.startsWith('postern-'));
  const isClean = async (): Promise<void> => {
    await eventually('the private folder to be gone', () => Promise.resolve(privateFolders().length === 0));
    expect(filesWith(password, ...Object.values(folders))).toEqual([]);
    expect(await sightings(password)).toEqual([]);
  };

  test('the password is in no process list while it goes on, and in no file when it is over', async () => {
    const looking = watch(password);
    const program = connect('-X', '-A', '-t');
    await ask(program, `select current_user || ' is in';`, /postgres is in/);
    const [folder] = privateFolders();
    const file = join(folders.runtime, folder!, 'passwords');
    expect(readFileSync(file, 'utf8')).toMatch(/^127\.0\.0\.1:\d+:\*:\*:Pw\\:/);
    expect([statSync(file).mode & 0o777, statSync(join(folders.runtime, folder!)).mode & 0o777]).toEqual([
      ...[0o600, 0o700],
    ]);
    expect(await sightings(password)).toEqual([]);
    expect(await sightings(file)).toContainEqual(expect.stringMatching(/^\/proc\/\d+\/environ of psql$/));
    program.child.stdin!.end('\\q\n');
    const { code, stdout, stderr } = await program.ended;
    const { seen } = await looking.stop();
    expect({ code, stderr, seen }).toEqual({ code: 0, stderr: '', seen: [] });
    expect(secretsIn(stdout, [password])).toEqual([]);
    await isClean();
  }, 60_000);

  test('it goes with connect when that is killed, whoever does it', async () => {
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGHUP'] as const) {
      const program = connect('-X', '-A', '-t');
      await ask(program, `select 'now ' || 1;`, /now 1/);
      expect(filesWith('Pw\\:', folders.runtime)).toHaveLength(1);
      program.kill(signal);
      await isClean();
      program.child.stdin!.destroy(); // psql reads it still
      await program.ended;
    }
  }, 60_000);

  test('a wrong command of psql and a database that refuses leave nothing either', async () => {
    const { code } = await connect('-X', '-c', 'select nonsense').ended;
    expect(code).toBe(1);
    const refused = await connect('-X', '-d', 'nowhere', '-c', 'select 1').ended;
    expect(refused.code).toBe(2);
    expect(secretsIn(JSON.stringify(refused), [password])).toEqual([]);
    await isClean();
  }, 60_000);

  test('at a terminal, no history of shell or psql has it', async () => {
    const terminal = installed('script');
    expect(terminal).not.toBeNull();
    const line = `${process.execPath} ${main} connect postgres -target-id=${ids['target']}`;
    const shell = spawn(terminal!, ['-qfec', 'bash --norc --noprofile -i', '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        ...env,
        HISTFILE: join(folders.home, '.bash_history'),
        PS1: 'ready> ',
      },
    });
    let said = '';
    shell.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const closed = new Promise((resolve) => shell.once('close', resolve));
    const says = (what: RegExp): Promise<unknown> =>
      eventually(`${String(what)} in ${said}`, () => Promise.resolve(what.test(said)), 20_000);
    try {
      await says(/ready> /);
      shell.stdin.write(`${line}\n`);
      await says(/sampledb=>/);
      shell.stdin.write(`select 'typed', 40 + 2;\n`);
      await says(/ 42\b/);
      shell.stdin.write('\\q\n');
      await says(/ 42\b[^]*ready> /);
      shell.stdin.write('exit\n');
      await closed;
    } finally {
      shell.kill('SIGKILL'); // which hangs up on whatever runs in it
    }
    expect(readFileSync(join(folders.home, '.bash_history'), 'utf8')).toContain('connect postgres');
    expect(readFileSync(join(folders.home, '.psql_history'), 'utf8')).toContain('typed');
    expect(secretsIn(said, [password])).toEqual([]);
    await isClean();
  }, 60_000);

  test('what stood in an argument or in the environment of a program would have been seen', async () => {
    const marker = randomBytes(12).toString('hex');
    for (const [args, more, place] of [
      [['-c', 'read x', marker], {}, 'cmdline'],
      [['-c', 'read x'], { PGPASSWORD: marker }, 'environ'],
    ] as const) {
      const child = spawn('/bin/sh', args, { env: more, stdio: ['pipe', 'ignore', 'ignore'] });
      await new Promise((resolve) => child.once('spawn', resolve));
      await eventually('it to be seen', async () =>
        (await sightings(marker)).includes(`/proc/${child.pid}/${place} of sh`),
      );
      expect(await sightings(marker)).toContain('ps auxwwe');
      child.stdin.end();
      await new Promise((resolve) => child.once('close', resolve));
    }
  });

  test('the logs of server and database do not have it', () => {
    const logs = ['database', 'demo-database'].map((name) =>
      join(installation.folder, 'data', name, 'postgres.log'),
    );
    for (const text of [
      server.stdout(),
      server.stderr(),
      ...logs.map((path) => readFileSync(path, 'utf8')),
    ]) {
      expect(text.length).toBeGreaterThan(100);
      expect(secretsIn(text, [password])).toEqual([]);
    }
    expect(server.stderr()).toContain('"action":"authorizeSession"');
  });
});
