import { timeRatios } from '../support/equal-time';
import { grantTo, newUser } from '../support/identities';
import { missingLike } from '../support/masked';
import { mutationRows } from '../support/mutation-rows';
import { nodeRows } from '../support/node-rows';
import { startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.server.stop());

/** The input of a mutation on something fresh, and the id in it that is judged. */
function freshOf(mutation: string): Promise<{ input: object; on: string }> {
  const row = mutationRows.find((one) => one.mutation === mutation);
  if (!row || !('fresh' in row)) throw new Error(`${mutation} needs no grant`);
  return row.fresh(world);
}

// By node, by a query of its own, by a list in it, and by changes.
describe('what is hidden is answered as fast as what is missing', () => {
  const within = 1.05;
  const changed = (mutation: string) => async (): Promise<[object, string, string]> => {
    const { input, on } = await freshOf(mutation);
    return [input, on, mutation];
  };
  const read = (document: string, type: string) => async (): Promise<[object, string, string]> => {
    const id = await nodeRows[type]!(world);
    return [{ id }, id, `query ($id: ID!) { ${document} }`];
  };
  test.each([
    ['node of a connection', read('node(id: $id) { id }', 'ConnectionRecord')],
    ['session', read('session(id: $id) { id }', 'Session')],
    ['targets', read('targets(scopeId: $id) { nodes { id } }', 'Scope')],
    ['createHost', changed('createHost')],
    ['updateHost', changed('updateHost')],
    ['cancelSession', changed('cancelSession')],
  ])(
    'by %s',
    async (_, make) => {
      const { token } = await newUser(world.server);
      const [input, id, operation] = await make();
      const variables = (one: string): object =>
        JSON.parse(JSON.stringify(input).replaceAll(id, one)) as object;
      const [hidden, missing] = [variables(id), variables(missingLike(id))];
      const ask = (given: object) =>
        operation.startsWith('query')
          ? world.server.ask(operation, given, token)
          : world.run(operation, given, token);
      const ratios = await timeRatios(
        () => ask(hidden),
        () => ask(missing),
        within,
      );
      expect(Math.min(...ratios)).toBeLessThanOrEqual(within);
    },
    120_000,
  );
});

test('an unknown name takes as long as a wrong password, within 2 % of what hashing takes', async () => {
  const { server } = world;
  await grantTo(server, 'u_anon', {
    scope: 'global',
    grants: ['ids=*;type=auth-method;actions=authenticate'],
  });
  const signIn = (loginName: string) => async (): Promise<void> => {
    const query = 'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }';
    const { errors } = await server.ask(query, { input: { loginName, password: 'a wrong one' } });
    expect(errors![0]!.message).toBe('login name or password is wrong');
  };
  // All but a hundredth of it is hashing.
  const ratios = await timeRatios(signIn('admin'), signIn('nobody'), 1.02, 10);
  expect(Math.min(...ratios)).toBeLessThanOrEqual(1.02);
}, 900_000);
