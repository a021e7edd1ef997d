import { changesOf, codeOf, type Changes } from '../support/changes';
import { newUser } from '../support/identities';
import { masked } from '../support/masked';
import { authorize, eventually, makeTarget } from '../support/session-client';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: string;
let changes: Changes;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.signIn();
  changes = changesOf(
    () => server,
    () => admin,
    {
      createScope: 'scope { id version name description type parentId authorizedActions }',
      updateScope:
        'scope { id version name description primaryAuthMethodId primaryAuthMethod { id isPrimary } }',
      createAuthMethod: 'authMethod { id version isPrimary }',
    },
  );
});
afterAll(() => server.stop());

const run: Changes['run'] = (...args) => changes.run(...args);
const made: Changes['made'] = (...args) => changes.made(...args);
const newOrg = (more: object = {}): Promise<any> => made('createScope', { scopeId: 'global', ...more });
const newProject = (scopeId: string, more: object = {}): Promise<any> =>
  made('createScope', { scopeId, ...more });
const rolesIn = (scopeId: string): Promise<any[]> =>
  server.database.sql(
    `select name, array(select principal_id::text from role_principal p where p.role_id = r.id) as principals,
       array(select canonical from role_grant g where g.role_id = r.id order by 1) as grants,
       array(select grant_scope from role_grant_scope g where g.role_id = r.id) as scopes
     from role r where scope_id = $1 order by name`,
    [scopeId],
  );

describe('a scope', () => {
  test('is made below another, whose level says what it is; changed; deleted', async () => {
    const org = await newOrg({ name: 'Life', description: 'of scopes' });
    expect(org).toMatchObject({ version: 1, name: 'Life', description: 'of scopes', type: 'ORG' });
    expect(org).toMatchObject({ id: expect.stringMatching(/^o_\w{10}$/), parentId: 'global' });
    expect(org.authorizedActions).toEqual(['NO_OP', 'READ', 'UPDATE', 'DELETE', 'EXPLAIN_ACCESS']);
    const project = await newProject(org.id);
    expect(project).toMatchObject({ type: 'PROJECT', parentId: org.id, name: null });
    expect(project.id).toMatch(/^p_\w{10}$/);
    const { id } = project;
    const steps: [object, object][] = [
      [{ name: 'P' }, { version: 2, name: 'P', description: null }],
      [{ description: 'd' }, { version: 3, name: 'P', description: 'd' }],
      [{ name: null }, { version: 4, name: null, description: 'd' }],
      [{ name: null, primaryAuthMethodId: null }, { version: 4 }],
    ];
    let expectedVersion = 1;
    for (const [patch, after] of steps) {
      const changed = await made('updateScope', { id, expectedVersion, ...patch });
      expect(changed).toMatchObject(after);
      expectedVersion = changed.version;
    }
    expect(codeOf(await run('updateScope', { id, expectedVersion: 1, name: 'late' }))).toBe(
      'VERSION_CONFLICT',
    );
    expect(codeOf(await run('deleteScope', { id, expectedVersion: 1 }))).toBe('VERSION_CONFLICT');
    expect(await made('deleteScope', { id: org.id })).toBe(org.id);
    expect(codeOf(await run('updateScope', { id, expectedVersion, name: 'x' }))).toBe('NOT_FOUND');
  });

  test.each<[string, string, object, string, string | RegExp]>([
    ['in a project', 'createScope', { scopeId: 'p_1234567890' }, 'INVALID_INPUT', /must be global or an org/],
    ['in nothing', 'createScope', { scopeId: 'o_nowhere000' }, 'NOT_FOUND', /^no such scope/],
    [
      'by a name that its sibling has',
      'createScope',
      { scopeId: 'global', name: 'Generated org scope' },
      'CONFLICT',
      /^scope name must be unique in its parent$/,
    ],
    [
      'and global is not deleted',
      'deleteScope',
      { id: 'global' },
      'INVALID_INPUT',
      'input.id: the global scope cannot be deleted; delete the orgs in it',
    ],
    [
      'and a project has no primary auth method',
      'updateScope',
      { id: 'p_1234567890', expectedVersion: 1, primaryAuthMethodId: 'ampw_1234567890' },
      'INVALID_INPUT',
      /a project has none/,
    ],
    [
      'and an org has none of another scope',
      'updateScope',
      { id: 'o_1234567890', expectedVersion: 1, primaryAuthMethodId: 'ampw_1234567890' },
      'INVALID_INPUT',
      /must be an auth method of this very scope/,
    ],
    [
      'and a method that is none is none',
      'updateScope',
      { id: 'o_1234567890', expectedVersion: 1, primaryAuthMethodId: 'ampw_0000000000' },
      'NOT_FOUND',
      /^no such auth-method/,
    ],
  ])('is refused %s', async (_, mutation, input, code, message) => {
    const answer = await run(mutation, input);
    expect(codeOf(answer)).toBe(code);
    expect(answer.errors?.[0]?.message).toMatch(message);
  });

  test('takes one of its own auth methods for its primary one, which goes with the method', async () => {
    const org = await newOrg();
    const method = await made('createAuthMethod', { scopeId: org.id });
    expect(method.isPrimary).toBe(false);
    const { id } = org;
    const set = await made('updateScope', { id, expectedVersion: 1, primaryAuthMethodId: method.id });
    expect(set).toMatchObject({ version: 2, primaryAuthMethod: { id: method.id, isPrimary: true } });
    const cleared = await made('updateScope', { id, expectedVersion: 2, primaryAuthMethodId: null });
    expect(cleared).toMatchObject({ version: 3, primaryAuthMethodId: null, primaryAuthMethod: null });
    await made('updateScope', { id, expectedVersion: 3, primaryAuthMethodId: method.id });
    await made('deleteAuthMethod', { id: method.id });
    const { data } = await server.ask(`{ scope(id: "${id}") { version primaryAuthMethodId } }`, {}, admin);
    expect(data!['scope']).toEqual({ version: 5, primaryAuthMethodId: null });
  });

  test('does not take an auth method that is hidden from who names it, and does not tell that it is there', async () => {
    const { id } = await newOrg({ skipDefaultRoleCreation: true });
    const method = await made('createAuthMethod', { scopeId: id });
    const { token } = await newUser(server, [{ scope: 'global', grants: [`ids=${id};actions=update`] }]);
    // The login role of the installation shows every auth method to everybody.
    await server.database.sql(`update role_grant set canonical = replace(canonical, 'auth-method', 'alias')
      where canonical like '%type=auth-method%'`);
    const ask = (primaryAuthMethodId: string) =>
      run('updateScope', { id, expectedVersion: 1, primaryAuthMethodId }, token);
    const hidden = await ask(method.id);
    expect(codeOf(hidden)).toBe('NOT_FOUND');
    expect(masked(hidden)).toBe(masked(await ask('ampw_0000000000')));
    await server.database.sql(`update role_grant set canonical = replace(canonical, 'alias', 'auth-method')
      where canonical like '%type=alias%'`);
  });
});

describe('the roles of a new scope', () => {
  const administration = {
    name: 'Administration',
    principals: ['u_1234567890'],
    grants: ['ids=*;type=*;actions=*'],
    scopes: ['this'],
  };
  const login = {
    name: 'Login and Default Grants',
    principals: ['u_anon'],
    grants: [
      'ids=*;type=auth-method;actions=authenticate,list',
      'ids=*;type=auth-token;actions=delete:self,list,read:self',
      'ids=*;type=scope;actions=list,no-op',
      'ids={{.Account.Id}};actions=change-password,read',
    ],
    scopes: ['this'],
  };
  const usual = {
    name: 'Default Grants',
    principals: ['u_auth'],
    grants: ['ids=*;type=session;actions=cancel:self,list,read:self', 'ids=*;type=target;actions=list'],
    scopes: ['this'],
  };

  test.each<[string, object, unknown[], unknown[]]>([
    ['its maker and everybody', {}, [administration, login], [administration, usual]],
    ['everybody alone', { skipAdminRoleCreation: true }, [login], [usual]],
    ['its maker alone', { skipDefaultRoleCreation: true }, [administration], [administration]],
    ['nobody', { skipAdminRoleCreation: true, skipDefaultRoleCreation: true }, [], []],
  ])('are for %s, as asked: %j', async (_, skip, ofOrg, ofProject) => {
    const org = await newOrg(skip);
    const project = await newProject(org.id, skip);
    expect(await rolesIn(org.id)).toEqual(ofOrg);
    expect(await rolesIn(project.id)).toEqual(ofProject);
  });

  test('are made once however often the request comes, and told to the log with the scope', async () => {
    const idempotencyKey = 'b6a4a2e5-55a3-4c5a-8d05-3f3e5b7b0a10';
    const { id } = await newOrg({ idempotencyKey });
    expect((await newOrg({ idempotencyKey })).id).toBe(id);
    expect(await rolesIn(id)).toHaveLength(2);
    await eventually('the facts to be numbered', async () => {
      const facts = await server.database.sql<{ kind: string }>(
        'select kind from event where scope_id = $1 or subject_id = $1 order by id',
        [id],
      );
      return facts.map(({ kind }) => kind).join() === 'scope.created,role.created,role.created';
    });
  });

  test('let its maker do everything in it, and nothing beside it', async () => {
    const grants = ['ids=*;type=scope;actions=create,list'];
    const { token } = await newUser(server, [{ scope: 'global', grants }]);
    const org = await newOrg();
    const { data } = await run('createScope', { scopeId: 'global', name: 'mine' }, token);
    expect(data!['createScope'].scope).toMatchObject({ name: 'mine', authorizedActions: ['NO_OP', 'READ'] });
    const { id } = data!['createScope'].scope;
    expect(codeOf(await run('createScope', { scopeId: id }, token))).toBeUndefined();
    expect(codeOf(await run('createScope', { scopeId: org.id }, token))).toBe('FORBIDDEN');
    expect(codeOf(await run('deleteScope', { id }, token))).toBe('FORBIDDEN');
  });
});

describe('deleting a scope', () => {
  test.each(['its project', 'the org of its project'])(
    'ends the sessions on targets of %s, which stay as history',
    async (what) => {
      const org = await newOrg();
      const project = await newProject(org.id);
      const target = await makeTarget(server, 22, { scope_id: project.id });
      const session = await authorize(server, admin, target);
      await made('deleteScope', { id: what === 'its project' ? project.id : org.id });
      const { data } = await server.ask(
        `query ($id: ID!) { session(id: $id) { status terminationReason projectId scope { id } } }`,
        { id: session.id },
        admin,
      );
      expect(data!['session']).toEqual({
        ...{ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED' },
        ...{ projectId: project.id, scope: null },
      });
      expect(await server.database.sql('select id from target where id = $1', [target])).toEqual([]);
    },
  );

  test('is audited with what was there', async () => {
    const { id } = await newOrg({ name: 'gone soon' });
    await made('deleteScope', { id });
    expect(
      await server.database.sql(
        `select operation, outcome, before->>'name' as before, after->>'type' as type from audit
         where resource_id = $1 order by id`,
        [id],
      ),
    ).toEqual([
      { operation: 'createScope', outcome: 'done', before: null, type: 'org' },
      { operation: 'deleteScope', outcome: 'done', before: 'gone soon', type: null },
    ]);
  });

  test('of a hidden one is told the same as of a missing one', async () => {
    const { id } = await newOrg();
    const { token } = await newUser(server);
    const project = await newProject(id);
    await server.database.sql(`delete from role_grant_scope where grant_scope = 'descendants'`);
    const hidden = await run('deleteScope', { id: project.id }, token);
    expect(codeOf(hidden)).toBe('FORBIDDEN');
    await server.database.sql(`delete from role_grant where canonical like '%type=scope%'`);
    const ask = async (one: string) => masked(await run('deleteScope', { id: one }, token));
    expect(await ask(project.id)).toBe(await ask('p_0000000000'));
    expect(await ask(project.id)).toContain('NOT_FOUND');
  });
});
