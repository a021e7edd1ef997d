import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
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

/** The labels of an output in their order, which is its shape. */
function labels(text: string): string[] {
  return [...text.matchAll(/^ *([A-Z][A-Za-z ]*):/gm)].map(([, label]) => label!);
}

function value(text: string, label: string, after = ''): string {
  const from = text.indexOf(after);
  return new RegExp(`${label}: +(\\S.*)`).exec(text.slice(from))?.[1] ?? '';
}

/** The id of the block that has that name. */
function idOf(text: string, name: string): string {
  const block = text.split('\n\n').find((one) => new RegExp(`Name: +${name}$`, 'm').test(one));
  return value(block ?? '', 'ID');
}

let installation: Installation;
let server: Program;
const ids: Record<string, string> = {};

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

const run = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await installation.postern(args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
};

const connect = (args: string[], env: Record<string, string> = {}): Program =>
  runProgram(['connect', ...args], { env: { ...installation.env, ...env } });

const resourceLabels = ['ID', 'Version', 'Type', 'Name', 'Description', 'Authorized Actions'];

describe('the walk, with the ids that each step printed', () => {
  test('the start prints the addresses, the login and what to type next', () => {
    const said = server.stdout();
    expect(said).toMatch(/is ready, \d+\.\d s after it was started/);
    expect(said).toContain('admin / password   (auth method ampw_1234567890)');
    expect(said.match(/^ {2}npx postern /gm)).toHaveLength(3);
  });

  test('postern authenticate password -auth-method-id=ampw_1234567890 -login-name=admin', async () => {
    const { code, stdout, stderr } = await installation.postern(
      ['authenticate', 'password', '-auth-method-id=ampw_1234567890', '-login-name=admin'],
      { input: 'password\n' },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(labels(stdout)).toEqual([
      'Authentication information',
      'Account ID',
      'Auth Method ID',
      'Expiration Time',
      'User ID',
    ]);
    expect(stdout).not.toMatch(/at_\w{10}_/);
  });

  test('postern scopes list -recursive shows the generated and the demo scopes', async () => {
    const listed = await run('scopes', 'list', '-recursive');
    expect(labels(listed).slice(0, 7)).toEqual([
      ...['Scope information', 'ID', 'Scope ID', 'Version', 'Name', 'Description', 'Authorized Actions'],
    ]);
    expect(idOf(listed, 'Generated org scope')).toBe('o_1234567890');
    expect(idOf(listed, 'Generated project scope')).toBe('p_1234567890');
    ids['project'] = idOf(listed, 'QA_Tests');
    ids['org'] = idOf(listed, 'IT_Support');
    expect(ids['project']).toMatch(/^p_\w{10}$/);
  });

  test('postern targets list -scope-id=$PROJECT_ID', async () => {
    const listed = await run('targets', 'list', `-scope-id=${ids['project']}`);
    // The demo's other target goes to an address, which its list shows.
    const byAddress = [...resourceLabels.slice(0, -1), 'Address', 'Authorized Actions'];
    expect(labels(listed)).toEqual(['Target information', ...byAddress, ...resourceLabels]);
    ids['target'] = idOf(listed, 'tests');
    expect(listed).toMatch(/authorize-session/);
  });

  test('postern host-catalogs list -recursive, then postern hosts list -host-catalog-id=…', async () => {
    ids['catalog'] = idOf(await run('host-catalogs', 'list', '-recursive'), 'DevOps');
    const listed = await run('hosts', 'list', `-host-catalog-id=${ids['catalog']}`);
    expect(labels(listed)).toEqual(['Host information', ...resourceLabels, ...resourceLabels]);
    ids['localhost'] = idOf(listed, 'localhost');
    ids['postgres'] = idOf(listed, 'postgres');
    expect(ids['localhost']).toMatch(/^hst_\w{10}$/);
  });

  test('a session is connected to, listed, read, canceled, and read again', async () => {
    const proxy = connect([`-target-id=${ids['target']}`]);
    const port = Number((await proxy.says(/Port: +(\d+)/))[1]);
    expect(labels(proxy.stdout())).toEqual([
      ...[
        'Proxy listening information',
        'Address',
        'Connection Limit',
        'Expiration',
        'Port',
        'Protocol',
        'Session ID',
      ],
    ]);
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: 'secret',
      database: 'sampledb',
    });
    const lost = new Promise((resolve) => client.once('error', resolve));
    await client.connect();
    expect((await client.query('select count(*)::int as machines from machine')).rows).toEqual([
      { machines: 5 },
    ]);

    const listed = await run('sessions', 'list', `-scope-id=${ids['project']}`);
    expect(labels(listed)).toEqual([
      ...[
        'Session information',
        'ID',
        'Status',
        'Created Time',
        'Expiration Time',
        'Updated Time',
        'User ID',
      ],
      ...['Target ID', 'Authorized Actions'],
    ]);
    expect(value(listed, 'Status')).toBe('active');
    const id = value(listed, 'ID');
    expect(id).toBe(value(proxy.stdout(), 'Session ID'));

    const read = await run('sessions', 'read', `-id=${id}`);
    expect(labels(read)).toEqual([
      ...[
        'Session information',
        'Auth Token ID',
        'Created Time',
        'Endpoint',
        'Expiration Time',
        'Host ID',
        'Host Set ID',
        'ID',
      ],
      ...['Status', 'Target ID', 'Type', 'Updated Time', 'User ID', 'Version'],
      ...['Scope', 'ID', 'Name', 'Parent Scope ID', 'Type', 'Authorized Actions'],
      ...['States', 'Start Time', 'Status', 'End Time', 'Start Time', 'Status'],
      ...['Connections', 'Bytes Down', 'Bytes Up', 'Client Address', 'Endpoint Address'],
    ]);
    expect(value(read, 'Endpoint')).toBe(`tcp://127.0.0.1:${installation.demoPort}`);
    expect(value(read, 'Parent Scope ID')).toBe(ids['org']);

    const canceled = await run('sessions', 'cancel', `-id=${id}`);
    expect(value(canceled, 'Status')).toMatch(/^(canceling|terminated)$/);
    expect(value(canceled, 'Termination Reason')).toBe('canceled');
    await lost;
    const { code } = await proxy.ended;
    expect(code).toBe(1);
    expect(proxy.stdout()).toMatch(/Termination information:\n {2}Reason: +Session was canceled by admin/);

    const after = await run('sessions', 'read', `-id=${id}`);
    expect(value(after, 'Status')).toBe('terminated');
    expect([...after.matchAll(/Status: +(\w+)/g)].map(([, status]) => status)).toEqual([
      ...['terminated', 'terminated', 'canceling', 'active', 'pending'],
    ]);
    expect(value(after, 'Closed Reason')).toBe('canceled');
  });

  test('postern targets authorize-session -id=… -host-id=…, then postern connect -authz-token=…', async () => {
    const authorized = await run(
      'targets',
      'authorize-session',
      `-id=${ids['target']}`,
      `-host-id=${ids['localhost']}`,
    );
    expect(labels(authorized)).toEqual([
      ...[
        'Target information',
        'Authorization Token',
        'Created Time',
        'Endpoint',
        'Host ID',
        'Scope ID',
        'Session ID',
      ],
      ...['Target ID', 'Type', 'User ID'],
    ]);
    expect(value(authorized, 'Host ID')).toBe(ids['localhost']);
    const token = value(authorized, 'Authorization Token');
    const proxy = connect([`-authz-token=${token}`]);
    const port = Number((await proxy.says(/Port: +(\d+)/))[1]);
    expect(proxy.stderr()).toContain('the token shows in the process list');
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: 'secret',
      database: 'sampledb',
    });
    await client.connect();
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await client.end();

    const nothing = await runProgram(['connect', '-authz-token=-'], { env: installation.env, input: '' })
      .ended;
    expect(nothing).toMatchObject({ code: 1, stderr: 'nothing was given on standard input\n' });
    const second = await runProgram(['connect', '-authz-token=-'], {
      env: installation.env,
      input: `${token}\n`,
    }).ended;
    expect(second.code).toBe(3);
    expect(second.stderr).toContain('was redeemed before');

    proxy.kill('SIGINT');
    expect((await proxy.ended).code).toBe(0);
    expect(proxy.stdout()).toContain('Received shutdown signal');
    const read = await run('sessions', 'read', `-id=${value(authorized, 'Session ID')}`);
    expect(value(read, 'Status')).toBe('terminated');
    expect(value(read, 'Termination Reason')).toBe('closed by user');
  });

  test('the target by address hands out what signs in to the demo database', async () => {
    const named = ['-name=postgres', '-scope-name=QA_Tests'];
    const authorized = await run('targets', 'authorize-session', ...named, '-format=json');
    const { item } = JSON.parse(authorized) as {
      item: { authorizationToken: string; credentials: { secret: { username: string; password: string } }[] };
    };
    expect(item.credentials.map(({ secret }) => secret)).toEqual([
      { username: 'postgres', password: 'secret' },
    ]);
    const proxy = connect([`-authz-token=${item.authorizationToken}`]);
    const port = Number((await proxy.says(/Port: +(\d+)/))[1]);
    const { username: user, password } = item.credentials[0]!.secret;
    const client = new Client({ host: '127.0.0.1', port, user, password, database: 'sampledb' });
    await client.connect();
    expect((await client.query('select current_user as who')).rows).toEqual([{ who: 'postgres' }]);
    await client.end();
    proxy.kill('SIGINT');
    await proxy.ended;
  });

  test('connect by the names of target and project, with json, on a socket of one’s own', async () => {
    const socket = `${installation.folder}/pg/.s.PGSQL.5432`;
    mkdirSync(`${installation.folder}/pg`);
    const proxy = connect([
      ...['-target-name=tests', '-target-scope-name=QA_Tests', `-listen=unix:${socket}`, '-format=json'],
    ]);
    const [line] = await proxy.says(/\{.*\}/);
    expect(JSON.parse(line)).toMatchObject({
      address: socket,
      port: 0,
      protocol: 'tcp',
      connection_limit: -1,
    });
    const place = {
      host: `${installation.folder}/pg`,
      user: 'postgres',
      password: 'secret',
      database: 'sampledb',
    };
    const client = new Client(place);
    await client.connect();
    await client.end();
    proxy.kill('SIGTERM');
    const { stdout } = await proxy.ended;
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual({
      termination_reason: 'Received shutdown signal',
    });
  });

  test('-exec runs a program on the port, with its arguments filled in, and ends with its status', async () => {
    const { code, stdout } = await connect([
      ...[`-target-id=${ids['target']}`, '-exec=sh', '--', '-c'],
      'echo "{{postern.addr}}" "$POSTERN_PROXIED_IP:$POSTERN_PROXIED_PORT"; exit 7',
    ]).ended;
    expect(code).toBe(7);
    const [first, second] = stdout.trim().split(' ');
    expect(first).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(second).toBe(first);
  });

  test('a client program that is not installed is named before a session is made', async () => {
    const before = await run('sessions', 'list', '-recursive', '-include-terminated', '-format=json');
    const { code, stderr } = await installation.postern(
      ['connect', 'postgres', `-target-id=${ids['target']}`],
      {
        env: { PATH: '/nonexistent' },
      },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^psql is not installed.*apt install postgresql-client/);
    expect(await run('sessions', 'list', '-recursive', '-include-terminated', '-format=json')).toBe(before);
  });

  test('sessions watch tells of a session from its beginning to its end', async () => {
    const watch = runProgram(['sessions', 'watch', '-format=json'], { env: installation.env });
    await watch.says(/StreamCheckpoint/);
    const proxy = connect([`-target-id=${ids['target']}`]);
    const port = Number((await proxy.says(/Port: +(\d+)/))[1]);
    const id = value(proxy.stdout(), 'Session ID');
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: 'postgres',
      password: 'secret',
      database: 'sampledb',
    });
    await client.connect();
    await client.end();
    proxy.kill('SIGINT');
    await proxy.ended;
    await watch.says(new RegExp(`"${id}","status":"TERMINATED"`));
    const events = watch
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type?: string; session?: { id: string; status: string } })
      .filter((event) => event.session?.id === id)
      .map((event) => `${event.type} ${event.session?.status}`);
    expect(events).toEqual([
      ...['CREATED PENDING', 'STATUS_CHANGED ACTIVE', 'CONNECTION_OPENED ACTIVE', 'CONNECTION_CLOSED ACTIVE'],
      ...['STATUS_CHANGED CANCELING', 'STATUS_CHANGED TERMINATED'],
    ]);
    watch.kill('SIGINT');
    expect((await watch.ended).code).toBe(0);
  });

  test('the demo user signs in to its org and sees its own sessions alone', async () => {
    const env = { HOME: `${installation.folder}/tester`, POSTERN_ADDR: installation.env['POSTERN_ADDR']! };
    const asTester = (args: string[], input = '') => runProgram(args, { env, input }).ended;
    const login = await asTester(
      ['authenticate', 'password', `-scope-id=${ids['org']}`, '-login-name=tester'],
      'password\n',
    );
    expect(login.code).toBe(0);
    const targets = await asTester(['targets', 'list', '-recursive', '-format=json']);
    const names = (JSON.parse(targets.stdout) as { items: { name: string }[] }).items.map(
      (item) => item.name,
    );
    expect(names).toEqual(expect.arrayContaining(['tests', 'postgres']));
    const sessions = await asTester([
      'sessions',
      'list',
      '-recursive',
      '-include-terminated',
      '-format=json',
    ]);
    expect(JSON.parse(sessions.stdout)).toEqual({ items: [] });
  });
});

describeWithPsql('the walk with a real psql', () => {
  test('postern connect postgres -target-id … -username postgres opens psql on the demo database', async () => {
    const psql = connect(
      ['postgres', `-target-id=${ids['target']}`, '-username', 'postgres', '-dbname=sampledb'],
      {
        PGPASSWORD: 'secret',
      },
    );
    psql.child.stdin?.write('select name from machine order by id;\n');
    await psql.says(/qa-web-1/);
    const listed = await run('sessions', 'list', `-scope-id=${ids['project']}`);
    expect(value(listed, 'Status')).toBe('active');
    psql.child.stdin?.end('\\q\n');
    expect((await psql.ended).code).toBe(0);
    const after = await run('sessions', 'read', `-id=${value(listed, 'ID')}`);
    expect(value(after, 'Termination Reason')).toBe('closed by user');
  });

  test('psql that a cancel cuts short says so, and connect says by whom', async () => {
    const psql = connect(
      [
        'postgres',
        `-target-id=${ids['target']}`,
        '-username=postgres',
        '-dbname=sampledb',
        '--',
        '-c',
        'select pg_sleep(30)',
      ],
      { PGPASSWORD: 'secret' },
    );
    let id = '';
    while (id === '') id = value(await run('sessions', 'list', `-scope-id=${ids['project']}`), 'ID');
    for (let read = ''; !read.includes('Endpoint Address');)
      read = await run('sessions', 'read', `-id=${id}`);
    const started = Date.now();
    await run('sessions', 'cancel', `-id=${id}`);
    const { code, stderr } = await psql.ended;
    expect(Date.now() - started).toBeLessThan(3000);
    expect(code).not.toBe(0);
    expect(stderr).toContain('Session was canceled by admin');
  });

  test('psql -h 127.0.0.1 -p … -d sampledb -U postgres goes through a port that connect holds open', async () => {
    const proxy = connect(['-target-name=postgres', `-target-scope-id=${ids['project']}`]);
    const port = (await proxy.says(/Port: +(\d+)/))[1]!;
    const args = ['-h', '127.0.0.1', '-p', port, '-d', 'sampledb', '-U', 'postgres', '-Atc'];
    const psql = await promisify(execFile)(installed('psql')!, [...args, 'select count(*) from machine'], {
      env: { PGPASSWORD: 'secret' },
    });
    expect(psql.stdout.trim()).toBe('5');
    proxy.kill('SIGINT');
    await proxy.ended;
  });
});

describe('what goes wrong', () => {
  test('a port that is busy is told in one line, and leaves no session behind', async () => {
    const busy = new URL(server.stdout().match(/http:\S+/)![0]).port;
    const target = ['-target-name=tests', '-target-scope-name=QA_Tests'];
    const failed = await installation.postern(['connect', ...target, `-listen-port=${busy}`]);
    expect(failed).toMatchObject({
      code: 1,
      stderr: `127.0.0.1:${busy} is busy; choose another, or leave it out for any free port\n`,
    });
    const { items } = JSON.parse(
      await run('sessions', 'list', '-recursive', '-include-terminated', '-format=json'),
    ) as {
      items: { status: string; createdAt: string }[];
    };
    expect(items.filter(({ status }) => status === 'PENDING')).toEqual([]);
  });

  test('a watch of a server that is not there says so and ends', async () => {
    const watch = await installation.postern(['sessions', 'watch', '-addr=http://127.0.0.1:1']);
    expect(watch.code).toBe(1);
    expect(watch.stderr).toContain('nothing answers at http://127.0.0.1:1');
  });

  test('a target named without its scope is asked for it', async () => {
    const failed = await installation.postern(['connect', '-target-name=tests']);
    expect(failed).toMatchObject({
      code: 1,
      stderr: '-target-name needs -target-scope-name or -target-scope-id beside it\n',
    });
  });

  test('an empty list of one level says that there are levels below it', async () => {
    expect(await run('targets', 'list')).toContain(
      'No targets found in this scope itself; add -recursive for the scopes below it',
    );
  });
});
