import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let postern: Commands;
beforeAll(async () => {
  server = await startTestServer();
  postern = commandsOf(server, await server.signIn());
});
afterAll(async () => {
  killPrograms();
  await server.stop();
});

test('users get their accounts from the command line', async () => {
  await server.database.sql(
    `insert into account (id, auth_method_id, scope_id, login_name) values ('acctpw_free000000', 'ampw_1234567890', 'global', 'ada')`,
  );
  const { id } = await postern.item('users', 'create', '-name=Ada', '-description=Analyst');
  const shown = await postern.table('users', 'add-accounts', `-id=${id}`, '-account=acctpw_free000000');
  expect(shown).toMatch(/Login Name: +ada\n/);
  expect(shown).toMatch(/Account IDs: +acctpw_free000000\n/);
  expect(await postern.refusal('users', 'add-accounts', `-id=${id}`, '-account=acctpw_1234567890')).toEqual([
    1,
    'acctpw_1234567890 has a user already; take it from that user first',
  ]);
  expect(await postern.item('users', 'set-accounts', `-id=${id}`, '-account=null')).toMatchObject({
    accountIds: [],
  });
  const renamed = await postern.item('users', 'update', `-id=${id}`, '-name=Grace', '-description=null');
  expect(renamed).toMatchObject({ name: 'Grace', description: null });
  expect(await postern.table('users', 'delete', `-id=${id}`)).toContain('completed successfully');
  expect(await postern.refusal('users', 'delete', '-id=u_anon')).toEqual([
    1,
    'input.id: is built in; it cannot be deleted',
  ]);
});

test('groups and roles are made and changed, and a role is shown line by line', async () => {
  const user = await postern.item('users', 'create', '-scope-id=o_1234567890', '-name=ada');
  const group = await postern.item('groups', 'create', '-name=On call');
  const members = await postern.table(
    ...['groups', 'add-members', `-id=${group.id}`, `-member=${user.id}`, '-member=u_auth'],
  );
  const [, lines = ''] = /\n {2}Members:\n((?: {4}.*\n)+)/.exec(members) ?? [];
  expect(lines.trimEnd().split('\n').sort()).toEqual(
    [`    u_auth        global        authenticated`, `    ${user.id}  o_1234567890  ada`].sort(),
  );
  const role = await postern.item('roles', 'create', '-scope-id=o_1234567890', '-name=Readers');
  const change = (verb: string, ...flags: string[]): Promise<string> =>
    postern.table('roles', verb, `-id=${role.id}`, ...flags);
  await change('add-principals', `-principal=${group.id}`, `-principal=${user.id}`);
  const json = '{"type":"session","ids":["*"],"actions":["read:self","list"]}';
  await change('add-grants', '-grant=ids=*;type=target;actions=read,list', `-grant=${json}`);
  await change('set-grant-scopes', '-grant-scope-id=children', '-grant-scope-id=o_1234567890');
  expect(await postern.table('roles', 'read', `-id=${role.id}`)).toContain(`
  Principals:
    ${group.id}  group  global        On call
    ${user.id}  user   o_1234567890  ada

  Grant Scopes:
    this
    children

  Grants:
    ids=*;type=session;actions=list,read:self
    ids=*;type=target;actions=list,read

  Authorized Actions:
`);
  const listed = await postern.table('roles', 'list', '-scope-id=o_1234567890');
  expect(listed.replaceAll(/ +/g, ' ')).toContain(
    '\n Grant Scopes: this, children\n Principals: 2\n Grants: 2\n',
  );
  expect(await change('remove-grants', `-grant=${json}`)).not.toContain('type=session');
  expect(await change('set-principals', '-principal=null')).toContain('  Principals:\n    none\n');
  const [code, said] = await postern.refusal(
    ...['roles', 'add-grants', `-id=${role.id}`, '-grant=ids=*;type=target;actions=fly'],
  );
  expect({ code, said }).toEqual({
    code: 1,
    said: expect.stringMatching(/^input.grantStrings.0: unknown action fly/),
  });
});
