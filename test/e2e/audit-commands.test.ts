import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { newUser } from '../support/identities';
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

test('the audit is listed in columns, narrowed by flags, and one entry is read', async () => {
  const { id } = await postern.item('host-catalogs', 'create', '-scope-id=p_1234567890', '-name=Rack 4');
  await postern.item('host-catalogs', 'update', `-id=${id}`, '-name=Rack 5');
  expect((await postern.refusal('host-catalogs', 'delete', `-id=${id}`, '-version=1'))[0]).toBe(1);
  const about = ['audit', 'list', '-recursive', `-resource-id=${id}`];
  const table = (await postern.table(...about)).trim().split('\n');
  expect(table.map((line) => line.replace(/ae_\w+$/, 'ae_').replaceAll(/ {2,}/g, '|'))).toEqual([
    'TIME|WHO|OPERATION|RESOURCE|OUTCOME|FROM|ID',
    ...[
      'deleteHostCatalog|#|refused: version conflict',
      'updateHostCatalog|#|done',
      'createHostCatalog|#|done',
    ].map((middle) =>
      expect.stringMatching(
        new RegExp(
          `^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\|admin \\(u_1234567890\\)\\|${middle.replace('#', id).replaceAll('|', '\\|')}\\|127\\.0\\.0\\.1\\|ae_$`,
        ),
      ),
    ),
  ]);
  const { stdout } = await postern.run([
    ...about,
    '-operation=updateHostCatalog',
    '-outcome=done',
    '-format=json',
  ]);
  const [entry, ...others] = (JSON.parse(stdout) as { items: any[] }).items;
  expect(others).toEqual([]);
  expect(entry).toMatchObject({ before: { name: 'Rack 4' }, after: { name: 'Rack 5' } });
  const shown = await postern.table('audit', 'read', `-id=${entry.id}`);
  expect(shown).toMatch(/ {2}Before:\n {4}\{\n[^}]*"name": "Rack 4"/);
  expect(shown).toMatch(/Outcome: +done\n/);
});

test('only the newest are listed, and it says so where there are more', async () => {
  const { code, stdout, stderr } = await postern.run(['audit', 'list', '-recursive', '-limit=1']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'these are the newest 1; -limit=0 shows all\n' });
  expect(stdout.trim().split('\n')).toHaveLength(2);
});

test.each([
  ['an outcome that is none', ['-outcome=good'], '-outcome must be done, refused or failed'],
  ['a time that is none', ['-after=yesterday'], '-after must be a time'],
  ['a limit that is none', ['-limit=many'], '-limit must be a whole number'],
])('%s is refused with a sentence', async (_, flags, sentence) => {
  const [code, said] = await postern.refusal('audit', 'list', ...flags);
  expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(sentence) });
});

test('who is not granted it is refused', async () => {
  const { token } = await newUser(server);
  const [code, said] = await commandsOf(server, token).refusal('audit', 'list');
  expect({ code, said }).toEqual({
    code: 3,
    said: expect.stringContaining('you may not list audit-entries here'),
  });
});
