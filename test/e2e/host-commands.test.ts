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

test('catalogs, hosts and host sets are made, changed and deleted from the command line', async () => {
  const catalog = await postern.item(
    ...['host-catalogs', 'create', 'static', '-scope-id=p_1234567890', '-name=Rack 4'],
  );
  expect(catalog).toMatchObject({ name: 'Rack 4', version: 1 });
  expect(await postern.table('host-catalogs', 'read', `-id=${catalog.id}`)).toMatch(
    /Authorized Actions on Host Catalog's Collections:\n {4}host-sets:\n {6}create\n {6}list\n/,
  );
  const inCatalog = `-host-catalog-id=${catalog.id}`;
  const host = await postern.item('hosts', 'create', inCatalog, '-name=db1', '-address=10.0.0.7');
  const other = await postern.item('hosts', 'create', 'static', inCatalog, '-address=10.0.0.8');
  const { id } = await postern.item('host-sets', 'create', inCatalog, '-name=databases');
  const add = ['host-sets', 'add-hosts', `-id=${id}`];
  expect(await postern.item(...add, `-host=${host.id}`, `-host=${other.id}`)).toMatchObject({
    version: 2,
    hostIds: [host.id, other.id].sort(),
  });
  expect(await postern.item('host-sets', 'set-hosts', `-id=${id}`, '-host=null')).toMatchObject({
    hostIds: [],
  });
  expect(await postern.refusal(...add, `-host=${host.id}`, '-version=1')).toEqual([
    1,
    'the version is 3 now; read it again, then repeat the change',
  ]);
  const changed = await postern.table(
    'hosts',
    'update',
    `-id=${host.id}`,
    '-name=null',
    '-address=db.example',
  );
  expect(changed).toMatch(/Address: +db\.example/);
  expect(changed).not.toContain('Name:');
  expect(await postern.table('hosts', 'delete', `-id=${host.id}`)).toContain('completed successfully');
  expect(await postern.refusal('hosts', 'read', `-id=${host.id}`)).toEqual([
    3,
    expect.stringMatching(/^no such host, or you may not see it/),
  ]);
});

test.each([
  [
    'a type that is none',
    ['hosts', 'create', 'plugin', '-host-catalog-id=x', '-address=x'],
    'there is no type plugin here',
  ],
  ['no member', ['host-sets', 'add-hosts', '-id=hsst_1234567890'], '-host is missing'],
  [
    'a version that is none',
    ['hosts', 'update', '-id=hst_1234567890', '-version=x', '-name=y'],
    '-version must be a whole number',
  ],
  ['nothing to change', ['hosts', 'update', '-id=hst_1234567890'], 'changes nothing'],
])('%s is refused with a sentence', async (_, args, sentence) => {
  const [code, said] = await postern.refusal(...args);
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(sentence) });
});
