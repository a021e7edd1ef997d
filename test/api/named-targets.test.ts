import { authorizeDocument } from '../support/session-client';
import { newUser } from '../support/identities';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  // What everybody may do on targets is taken away, so that each test grants what it means.
  await server.database.sql(`delete from role_grant where canonical like '%type=target%'`);
});
afterAll(() => server.stop());

describe('a target that is named', () => {
  const ask = (input: object, token: string) => server.ask(authorizeDocument, { input }, token);
  const make = async (id: string, project: string, name: string): Promise<string> => {
    const place = [project, project.replace('p_', 'o_'), `${project} org`];
    await server.database.sql(
      `insert into scope (id, type, parent_id, name) values ('${place[1]}', 'org', 'global', '${place[2]}') on conflict do nothing`,
    );
    await server.database.sql(
      `insert into scope (id, type, parent_id, name) values ('${place[0]}', 'project', '${place[1]}', 'Same') on conflict do nothing`,
    );
    await server.database.sql(
      'insert into target (id, scope_id, name, address, default_port) values ($1, $2, $3, $4, 22)',
      [id, project, name, '127.0.0.1'],
    );
    return id;
  };
  const targetOf = async (input: object, token: string): Promise<string> => {
    const { data, errors } = await server.ask(
      'mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) { session { targetId } } }',
      { input },
      token,
    );
    expect(errors).toBeUndefined();
    return data!['authorizeSession'].session.targetId as string;
  };
  const useTargets = (scope: string, ...grants: string[]) => newUser(server, [{ scope, grants }]);

  test('in the sixth org is found by a caller who is granted that one alone', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) await make(`ttcp_prod00000${n}`, `p_six00000${n}`, 'prod');
    const { token } = await useTargets('p_six000006', 'ids=ttcp_prod000006;actions=authorize-session');
    expect(await targetOf({ name: 'prod', scopeName: 'Same' }, token)).toBe('ttcp_prod000006');
    const stranger = await newUser(server);
    const { errors } = await ask({ name: 'prod', scopeName: 'Same' }, stranger.token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });

  test('is the one of the very name, where another differs from it in case', async () => {
    const [lower, upper] = [await make('ttcp_dblower0', 'p_case0000', 'db'), 'ttcp_dbupper0'];
    await make(upper, 'p_case0000', 'DB');
    const { token } = await useTargets('p_case0000', 'ids=*;type=target;actions=authorize-session');
    expect(await targetOf({ name: 'db', scopeId: 'p_case0000' }, token)).toBe(lower);
    expect(await targetOf({ name: 'DB', scopeId: 'p_case0000' }, token)).toBe(upper);
    const { errors } = await ask({ name: 'Db', scopeId: 'p_case0000' }, token);
    expect(errors![0]).toMatchObject({
      message: 'input.name: fits "db" and "DB"; write it as it is',
      extensions: { code: 'INVALID_INPUT' },
    });
  });

  test('is not another that differs in case, when the very one is seen and may not be used', async () => {
    const { token } = await useTargets(
      'p_case0000',
      'ids=ttcp_dblower0;actions=authorize-session',
      'ids=ttcp_dbupper0;actions=read',
    );
    const { errors } = await ask({ name: 'DB', scopeId: 'p_case0000' }, token);
    expect(errors![0]).toMatchObject({ extensions: { code: 'FORBIDDEN', action: 'authorize-session' } });
    expect(await targetOf({ name: 'dB', scopeId: 'p_case0000' }, token)).toBe('ttcp_dblower0');
  });

  test('is told the same of when it is hidden as when it is missing', async () => {
    const { token } = await useTargets('p_case0000', 'ids=ttcp_dblower0;actions=no-op');
    const mask = (answer: object) => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
    const hidden = await ask({ name: 'prod', scopeName: 'Same' }, token);
    expect(mask(hidden)).toBe(mask(await ask({ name: 'nothing', scopeName: 'Same' }, token)));
  });
});
