import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { grantTo, newUser } from '../support/identities';
import { eventually } from '../support/session-client';
import { newGroup, project, startWorld, type World } from '../support/world';

let world: World;
let admin: Commands;
let user: Awaited<ReturnType<typeof newUser>>;
let dba: typeof user;
let role: string;

beforeAll(async () => {
  world = await startWorld();
  admin = commandsOf(world.server, world.admin);
  const { sql } = world.server.database;
  // No roles but those of this test, and the administrator's.
  await sql(`delete from role where id not in (select role_id from role_principal)`);
  user = await newUser(world.server, [{ scope: project, grants: ['ids=*;type=target;actions=no-op,list'] }]);
  dba = await newUser(world.server);
  role = await grantTo(world.server, dba.id, {
    scope: project,
    grants: ['ids=*;type=target;actions=authorize-session'],
  });
  await sql(`update role set name = 'DB users' where id = '${role}'`);
  const group = await newGroup(world);
  await sql(`update iam_group set name = 'DBA' where id = '${group.id}'`);
  await sql(`insert into group_member values ('${group.id}', '${dba.id}')`);
  await sql(`insert into role_principal (role_id, principal_id) values ('${role}', '${group.id}')`);
});
afterAll(async () => {
  killPrograms();
  await world.server.stop();
});

const about = ['-action=authorize-session', '-resource-id=ttcp_1234567890'];
const squeezed = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, '  '));

describe('postern explain', () => {
  test('says no, and what comes nearest', async () => {
    const sentence = `role "DB users" grants authorize-session here, but "${user.name}" is not in group "DBA", which holds it`;
    const lines = squeezed(await admin.table('explain', `-user-id=${user.id}`, ...about));
    expect(lines.slice(0, 10)).toEqual([
      'Access information:',
      `Who:  ${user.name} (${user.id})`,
      'Action:  authorize-session',
      'On:  target ttcp_1234567890',
      'Scope ID:  p_1234567890',
      'Answer:  no',
      '',
      'What comes nearest:',
      sentence,
      `${role}  ids=*;type=target;actions=authorize-session`,
    ]);
    expect(await admin.item('explain', `-user-id=${user.id}`, ...about)).toMatchObject({
      isAllowed: false,
      misses: [{ kind: 'NOT_A_PRINCIPAL', sentence, roleId: role }, { kind: 'OTHER_ACTION' }, {}],
    });
  });

  test('says yes, and by which grants', async () => {
    const lines = squeezed(await admin.table('explain', `-user-id=${dba.id}`, ...about));
    const grant = 'ids=*;type=target;actions=authorize-session';
    expect(lines.slice(5)).toEqual([
      'Answer:  yes',
      '',
      'Decided by:',
      'ROLE  HELD  SPEAKS FOR  GRANT',
      `DB users (${role})  directly  p_1234567890  ${grant}`,
      `DB users (${role})  by group DBA  p_1234567890  ${grant}`,
    ]);
  });

  test('is about oneself unless told otherwise, and about collections too', async () => {
    const own = commandsOf(world.server, user.token);
    expect(await own.item('explain', '-action=no-op', '-resource-id=ttcp_1234567890')).toMatchObject({
      ...{ isAllowed: true, userId: user.id },
      decidedBy: [{ isHidden: true }],
    });
    const collection = ['-action=list', '-type=target', `-scope-id=${project}`];
    expect(squeezed(await admin.table('explain', `-user-id=${user.id}`, ...collection))).toContain(
      'On:  collection of type target',
    );
  });

  test('explains a denial, whose id the refused command says', async () => {
    const [code, said] = await commandsOf(world.server, user.token).refusal(
      ...['targets', 'read', '-id=ttcp_1234567890'],
    );
    const id = /denial_\w+/.exec(said)![0];
    expect([code, said]).toEqual([
      3,
      `you may not read this target (denial ${id})\nan administrator can see why with \`postern explain ${id}\``,
    ]);
    await eventually('the denial to be written', async () => {
      const rows = await world.server.database.sql('select from denial where id = $1', [id]);
      return rows.length === 1;
    });
    const lines = squeezed(await admin.table('explain', id));
    expect(lines).toEqual(
      expect.arrayContaining([
        `Denial ID:  ${id}`,
        `Who:  ${user.name} (${user.id})`,
        'Action:  read',
        'On:  target ttcp_1234567890',
        'Answer:  FORBIDDEN',
        'it would be refused now as well',
        'What comes nearest:',
      ]),
    );
    expect(await admin.item('explain', `-denial-id=${id}`)).toMatchObject({ id, isAllowedNow: false });
  });

  test.each([
    ['a thing and no action', ['-resource-id=x'], 'give -action, authorize-session for instance'],
    ['no thing', ['-action=read'], 'give -resource-id, or -type with -scope-id for a collection'],
    ['a word that is no denial', ['req_123'], 'req_123 is no denial; it begins with denial_'],
    [
      'a denial and an action',
      ['denial_123', '-action=read'],
      'a denial says itself who asked for what; leave -user-id and -action out',
    ],
    [
      'two actions',
      ['-action=read,list', '-resource-id=x'],
      '-action must be one that grants name, authorize-session or read:self for instance',
    ],
  ])('refuses %s', async (_, args, sentence) => {
    expect(await admin.refusal('explain', ...args)).toEqual([1, sentence]);
  });
});

describe('postern explain of a user alone', () => {
  test('tells all that it may do, where, by which roles, and what leads to more', async () => {
    await grantTo(world.server, dba.id, {
      scope: 'o_1234567890',
      grants: ['ids=*;type=group;actions=list,read,add-members'],
      grantScopes: ['this', 'children'],
    });
    const lines = squeezed(await admin.table('explain', `-user-id=${dba.id}`));
    const places = 'o_1234567890, children of o_1234567890';
    expect(lines).toEqual([
      `What ${dba.name} (${dba.id}) may do:`,
      'WHERE  ON  ACTIONS  BY ROLE',
      expect.stringMatching(`^${places} {2}any group {2}add-members!, read {2}r_`),
      expect.stringMatching(`^${places} {2}group collections {2}list {2}r_`),
      `p_1234567890  any target  authorize-session  DB users (${role})`,
      '',
      '! is a way to come by more than this',
    ]);
  });

  test('tells of everything in one line, and that there is more which is hidden', async () => {
    expect(squeezed(await admin.table('explain')).slice(2, 3)).toEqual([
      expect.stringMatching(
        /^global, everywhere below global {2}everything {2}\* ! {2}Administration \(r_\w+\)$/,
      ),
    ]);
    expect(squeezed(await commandsOf(world.server, user.token).table('explain'))).toEqual([
      `What ${user.id} may do:`,
      'nothing',
      '',
      'There is more, by roles that you may not read.',
    ]);
  });
});

describe('postern who-can', () => {
  test('lists who may, and by what', async () => {
    const lines = squeezed(await admin.table('who-can', ...about));
    const grant = 'ids=*;type=target;actions=authorize-session';
    expect(lines).toEqual([
      'Who may authorize-session target ttcp_1234567890:',
      'WHO  ID  ROLE  HELD  SPEAKS FOR  GRANT',
      expect.stringMatching(
        /^admin {2}u_1234567890 {2}Administration \(r_\w+\) {2}directly {2}descendants of global {2}ids=\*;type=\*;actions=\*$/,
      ),
      `${dba.name}  ${dba.id}  DB users (${role})  directly  p_1234567890  ${grant}`,
      `DB users (${role})  by group DBA  p_1234567890  ${grant}`,
    ]);
    expect(squeezed(await admin.table('who-can', ...about, '-limit=1')).slice(-2)).toEqual([
      '',
      'and 1 user more; raise -limit to see them',
    ]);
    expect((await admin.item('who-can', ...about)).holders).toMatchObject([
      { userId: 'u_1234567890' },
      { userId: dba.id },
    ]);
  });

  test('counts whom its reader may not see', async () => {
    const helper = await newUser(world.server, [
      { scope: 'o_1234567890', grants: [`ids=${project};actions=explain-access`] },
      { scope: project, grants: ['ids=*;type=target;actions=no-op'] },
    ]);
    const lines = squeezed(await commandsOf(world.server, helper.token).table('who-can', ...about));
    expect(lines.slice(1)).toEqual(['nobody that you may see', '', 'and 2 users more whom you may not see']);
  });
});
