import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { runProgram } from '../support/program';
import { startHost, type TestHost } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let postern: Commands;
let token: string;
beforeAll(async () => {
  server = await startTestServer();
  host = await startHost((socket) => socket.end('hello from the host'));
  token = await server.signIn();
  postern = commandsOf(server, token);
});
afterAll(async () => {
  killPrograms();
  await server.stop();
  await host.close();
});

const inProject = '-scope-id=p_1234567890';

test('targets are made, changed, given host sources and deleted from the command line', async () => {
  const made = await postern.item(
    ...['targets', 'create', 'tcp', inProject, '-name=orders', '-default-port=5432', '-address=db.example'],
    ...['-with-alias=orders.corp', '-with-alias=db.corp'],
  );
  expect(made).toMatchObject({
    name: 'orders',
    version: 1,
    aliases: [{ value: 'db.corp' }, { value: 'orders.corp' }],
  });
  const table = await postern.table(
    'targets',
    'update',
    'tcp',
    '-id=db.corp',
    '-address=null',
    '-session-max-seconds=60',
  );
  expect(table).toMatch(/Aliases: +db\.corp, orders\.corp\n/);
  expect(table).toMatch(/Session Max Seconds: +60\n/);
  expect(table).not.toContain('Address:');
  const source = '-host-source=hsst_1234567890';
  const added = await postern.item('targets', 'add-host-sources', `-id=${made.id}`, source);
  expect(added).toMatchObject({ version: 3, hostSourceIds: ['hsst_1234567890'] });
  expect(
    await postern.item('targets', 'set-host-sources', `-id=${made.id}`, '-host-source=null'),
  ).toMatchObject({
    hostSourceIds: [],
  });
  expect(await postern.table('targets', 'list', inProject)).toMatch(/Aliases: +db\.corp, orders\.corp\n/);
  expect(await postern.table('targets', 'delete', '-id=orders.corp')).toContain('completed successfully');
  expect(await postern.refusal('targets', 'read', '-id=orders.corp')).toEqual([
    3,
    expect.stringMatching(/^no such target, or you may not see it/),
  ]);
});

test('aliases are made, changed, listed and deleted from the command line', async () => {
  const alias = await postern.item(
    ...['aliases', 'create', 'target', '-value=ssh.corp', '-destination-id=ttcp_0987654321'],
    '-authorize-session-host-id=hst_1234567890',
  );
  expect(alias).toMatchObject({ value: 'ssh.corp', hostId: 'hst_1234567890' });
  const read = await postern.table('aliases', 'read', `-id=${alias.id}`);
  expect(read).toMatch(/Destination ID: +ttcp_0987654321\n/);
  expect(read).toMatch(/Host ID: +hst_1234567890\n/);
  const changed = await postern.item(
    'aliases',
    'update',
    `-id=${alias.id}`,
    '-authorize-session-host-id=null',
  );
  expect(changed).toMatchObject({ version: 2, hostId: null });
  const resolvable = await postern.table('users', 'list-resolvable-aliases', '-id=u_1234567890');
  expect(resolvable).toMatch(/Value: +ssh\.corp\n/);
  expect(await postern.table('users', 'list-resolvable-aliases', '-id=u_anon')).toBe(
    '\nNo aliases resolve for this user\n',
  );
  expect(await postern.table('aliases', 'list')).toMatch(
    /Value: +ssh\.corp\n +Destination ID: +ttcp_0987654321/,
  );
  expect(await postern.table('aliases', 'delete', `-id=${alias.id}`)).toContain('completed successfully');
});

test('connect takes an alias where the target stands, also with a program behind it', async () => {
  await postern.item(
    ...['targets', 'create', inProject, '-name=greeter', '-address=127.0.0.1'],
    ...[`-default-port=${host.port}`, '-with-alias=greeter.corp'],
  );
  const script = `const s = require('net').connect({{postern.port}}, '{{postern.ip}}'); s.on('data', (d) => { process.stdout.write(d); s.destroy(); });`;
  const { code, stdout } = await runProgram(
    ['connect', 'greeter.corp', `-exec=${process.execPath}`, '--', '-e', script],
    { env: { HOME: '/nonexistent', POSTERN_ADDR: server.url, POSTERN_TOKEN: token } },
  ).ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('hello from the host') });
});

test.each([
  [
    'a target without a name',
    ['targets', 'create', inProject, '-default-port=22'],
    "required option '--name <name>' not specified",
  ],
  ['a port that is none', ['targets', 'create', inProject, '-name=x', '-default-port=ssh'], 'whole number'],
  ['an alias that is none', ['aliases', 'create', '-value=a_b'], 'input.value: holds "_"'],
  ['an alias that leads nowhere', ['connect', 'nowhere.corp'], 'no such target'],
])('%s is refused with a sentence', async (_, args, sentence) => {
  const [, said] = await postern.refusal(...args);
  expect(said).toContain(sentence);
});

test('the address policy of a scope is set, shown and cleared from the command line', async () => {
  const set = ['scopes', 'set-address-policy', '-id=o_1234567890'];
  const table = await postern.table(...set, '-deny=169.254.0.0/16', '-deny=*.internal', '-allow=*');
  expect(table).toMatch(/Denied Addresses: +169\.254\.0\.0\/16, \*\.internal\n/);
  expect(table).toMatch(/Allowed Addresses: +\*\n/);
  const [, said] = await postern.refusal(
    ...['targets', 'create', 'tcp', inProject, '-name=x', '-default-port=1', '-address=db.internal'],
  );
  expect(said).toBe(
    'input.address: is refused by the address policy of o_1234567890, which denies *.internal',
  );
  expect(await postern.item(...set, '-deny=null', '-allow=null')).toMatchObject({ addressPolicy: null });
});

test('the worker filter of a target is set, shown, explained and cleared from the command line', async () => {
  const filter = '"db" in "/tags/type"';
  const create = ['targets', 'create', 'tcp', inProject, '-name=filtered', '-default-port=1'];
  const { id } = await postern.item(...create, `-egress-worker-filter=${filter}`, '-address=127.0.0.1');
  expect(await postern.table('targets', 'read', `-id=${id}`)).toMatch(
    /Egress Worker Filter: +"db" in "\/tags\/type"\n/,
  );
  const [, said] = await postern.refusal('connect', `-target-id=${id}`);
  expect(said).toBe(
    'the worker filter of this target leaves none of the live workers; change it, or the tags of a worker',
  );
  expect(await postern.refusal('targets', 'update', `-id=${id}`, '-egress-worker-filter="db" in')).toEqual([
    1,
    expect.stringMatching(/^input\.egressWorkerFilter: .*\n {2}"db" in\n +\^$/),
  ]);
  expect(await postern.item('targets', 'update', `-id=${id}`, '-egress-worker-filter=null')).toMatchObject({
    egressWorkerFilter: null,
  });
});

test('what becomes of sessions that lose their permission is set, shown and cleared from the command line', async () => {
  const create = [
    'targets',
    'create',
    'tcp',
    inProject,
    '-name=kept',
    '-default-port=1',
    '-address=127.0.0.1',
  ];
  const { id } = await postern.item(...create, '-on-permission-loss=keep');
  expect(await postern.table('targets', 'read', `-id=${id}`)).toMatch(/On Permission Loss: +keep\n/);
  const update = ['targets', 'update', `-id=${id}`];
  expect(await postern.refusal(...update, '-on-permission-loss=kill')).toEqual([
    1,
    '-on-permission-loss must be cancel or keep',
  ]);
  expect(await postern.item(...update, '-on-permission-loss=null')).toMatchObject({
    onPermissionLoss: 'CANCEL',
  });
});
