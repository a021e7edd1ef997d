import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let postern: Commands;
beforeAll(async () => {
  server = await startTestServer({ workerTag: 'region=eu' });
  postern = commandsOf(server, await server.signIn());
});
afterAll(async () => {
  killPrograms();
  await server.stop();
});

test('workers are listed, described and given tags from the command line', async () => {
  const list = await postern.table('workers', 'list');
  expect(list).toMatch(/Name: +built-in\n/);
  expect(list).toMatch(/Health: +ready\n/);
  expect(list).toMatch(/Tags: +region=eu\n/);
  const [, id] = /ID: +(w_\w+)/.exec(list)!;
  const added = await postern.item(
    'workers',
    'add-worker-tags',
    `-id=${id}`,
    '-tag=type=db',
    '-tag=type=a=b',
  );
  expect(added).toMatchObject({ version: 2, apiTags: [{ key: 'type', values: ['a=b', 'db'] }] });
  const table = await postern.table('workers', 'read', `-id=${id}`);
  expect(table).toMatch(/Canonical Tags: +region=eu, type=a=b, type=db\n/);
  expect(table).toMatch(/Config Tags: +region=eu\n/);
  expect(table).toMatch(/Active Connection Count: +0\n/);
  expect(table).toMatch(/Type: +built-in\n/);
  await postern.item('workers', 'remove-worker-tags', `-id=${id}`, '-tag=type=db');
  expect(await postern.item('workers', 'set-worker-tags', `-id=${id}`, '-tag=null')).toMatchObject({
    apiTags: [],
  });
  expect(await postern.item('workers', 'update', `-id=${id}`, '-description=in the cellar')).toMatchObject({
    description: 'in the cellar',
  });
  expect(await postern.refusal('workers', 'update', `-id=${id}`, '-name=north')).toEqual([
    1,
    'input.name: comes from --worker-name of its server; start that with another',
  ]);
  expect(await postern.refusal('workers', 'delete', `-id=${id}`)).toEqual([
    1,
    'the worker is live; stop its server first, then delete it',
  ]);
  expect(await postern.refusal('workers', 'add-worker-tags', `-id=${id}`, '-tag=type')).toEqual([
    1,
    '-tag must be key=value, not "type"',
  ]);
});
