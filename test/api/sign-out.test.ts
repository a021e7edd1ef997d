import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import { silentLog } from '../../src/core/log';
import { defaultLimits } from '../../src/limits';
import { changesOf, type Changes } from '../support/changes';
import { grantTo } from '../support/identities';
import {
  authorize,
  closed,
  echo,
  eventually,
  makeTarget,
  startHost,
  type TestHost,
} from '../support/session-client';
import { collect, startTestServer, type Stream, type TestServer } from '../support/test-server';

let server: TestServer;
let host: TestHost;
let target: string;
let admin: string;
let made: Changes['made'];
const clients: Client[] = [];
beforeAll(async () => {
  // So long that nothing but the log can have told of what ends here.
  const webSocket = { ...defaultLimits.webSocket, tokenCheckMs: 600_000 };
  server = await startTestServer({}, {}, undefined, silentLog, { webSocket, beatMs: 600_000 });
  host = await startHost();
  admin = await server.signIn();
  target = await makeTarget(server, host.port);
  ({ made } = changesOf(
    () => server,
    () => admin,
    {
      ...{ createScope: 'scope { id }', createAuthMethod: 'authMethod { id version }' },
      ...{ createAccount: 'account { id version }', createUser: 'user { id version }' },
      ...{ addUserAccounts: 'user { id version }', removeUserAccounts: 'user { id }' },
      ...{ updateUser: 'user { id }', updateAccount: 'account { id }' },
      ...{ setAccountPassword: 'account { id }', changeAccountPassword: 'account { id }' },
      issueApiToken: 'token',
    },
  ));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(async () => {
  await server.stop();
  await host.close();
});

const password = 'correct-horse-battery';

interface Person {
  readonly orgId: string;
  readonly methodId: string;
  readonly userId: string;
  readonly accountId: string;
  signIn(): Promise<string>;
}

/** Somebody in an org of their own. */
async function newPerson(): Promise<Person> {
  const { id: orgId } = await made('createScope', { scopeId: 'global' });
  const { id: methodId } = await made('createAuthMethod', { scopeId: orgId });
  const account = { authMethodId: methodId, loginName: 'somebody', password };
  const { id: accountId } = await made('createAccount', account);
  const { id: userId } = await made('createUser', { scopeId: orgId });
  await made('addUserAccounts', { id: userId, expectedVersion: 1, accountIds: [accountId] });
  return { orgId, methodId, userId, accountId, signIn: () => server.signIn('somebody', password, methodId) };
}

interface Watching {
  readonly stream: Stream;
  /** The code with which the server closed the socket. */
  readonly closedAs: Promise<number>;
  isOpen(): boolean;
}

/** A client of graphql-ws on a socket of its own, with a subscription that has begun. */
async function watch(token: string): Promise<Watching> {
  let isOpen = true;
  const client = createClient({
    ...{ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket },
    ...{ connectionParams: { token }, retryAttempts: 0, lazy: false, onNonLazyError: () => {} },
  });
  clients.push(client);
  const closedAs = new Promise<number>((resolve) =>
    client.on('closed', (event) => {
      isOpen = false;
      resolve((event as { code: number }).code);
    }),
  );
  const query = 'subscription { sessionEvents(scopeId: "global", recursive: true) { __typename } }';
  const stream = collect(client, { query }, 'sessionEvents');
  await stream.until('the snapshot', ({ __typename }) => __typename === 'StreamCheckpoint');
  return { stream, closedAs, isOpen: () => isOpen };
}

/** A session with a connection through the worker that carries bytes. */
async function connect(token: string) {
  const session = await authorize(server, token, target);
  const { socket } = await session.open();
  expect(await echo(socket, 'hello')).toBe('hello');
  return { id: session.id, socket, isCut: closed(socket).then(() => performance.now()) };
}

const endOf = async (id: string): Promise<unknown> =>
  (await server.ask(`{ session(id: "${id}") { status terminationReason } }`, {}, admin)).data!['session'];
const idOf = (token: string): string => /at_[A-Za-z0-9]{10}/.exec(token)![0];
const viewerOf = async (token: string): Promise<unknown> =>
  (await server.ask('{ viewer { id } }', {}, token)).data!['viewer'];

const ends: readonly [string, (person: Person, token: string) => Promise<unknown>][] = [
  ['it is signed out by itself', (_, token) => made('deleteAuthToken', { id: idOf(token) }, token)],
  ['it is deleted by an administrator', (_, token) => made('deleteAuthToken', { id: idOf(token) })],
  [
    'an administrator sets the password',
    ({ accountId: id }) => made('setAccountPassword', { id, expectedVersion: 2, password: 'another-horse' }),
  ],
  [
    'an administrator takes the password away',
    ({ accountId: id }) => made('setAccountPassword', { id, expectedVersion: 2, password: null }),
  ],
  [
    'the password is changed from another token',
    async ({ accountId: id, signIn }) =>
      made(
        'changeAccountPassword',
        { id, expectedVersion: 2, currentPassword: password, newPassword: 'another-horse' },
        await signIn(),
      ),
  ],
  [
    'the user is disabled',
    ({ userId: id }) => made('updateUser', { id, expectedVersion: 2, isDisabled: true }),
  ],
  [
    'the account is disabled',
    ({ accountId: id }) => made('updateAccount', { id, expectedVersion: 2, isDisabled: true }),
  ],
  ['the user is deleted', ({ userId: id }) => made('deleteUser', { id })],
  ['the account is deleted', ({ accountId: id }) => made('deleteAccount', { id })],
  [
    'the account is taken from the user',
    ({ userId: id, accountId }) =>
      made('removeUserAccounts', { id, expectedVersion: 2, accountIds: [accountId] }),
  ],
  ['the auth method is deleted', ({ methodId: id }) => made('deleteAuthMethod', { id })],
  ['the org is deleted', ({ orgId: id }) => made('deleteScope', { id })],
];

/** What ends with a token, each within a second, and its socket after its subscription. */
async function expectEnd(
  { stream, closedAs }: Watching,
  { id, isCut }: Awaited<ReturnType<typeof connect>>,
  since: number,
): Promise<void> {
  expect(await stream.ended).toBe('complete');
  expect(await closedAs).toBe(4403);
  expect(performance.now() - since).toBeLessThan(1000);
  expect((await isCut) - since).toBeLessThan(1000);
  await eventually('the end of the session', async () => {
    const found = (await endOf(id)) as { status: string };
    return found.status === 'TERMINATED';
  });
  expect(await endOf(id)).toEqual({ status: 'TERMINATED', terminationReason: 'PERMISSION_REVOKED' });
}

async function expectTold(tokens: readonly string[]): Promise<void> {
  const rows = await server.database.sql(
    `select subject_id as id, kind from event where subject_id = any($1) order by 1`,
    [tokens.map(idOf)],
  );
  expect(rows).toEqual(
    tokens
      .map(idOf)
      .sort()
      .map((id) => ({ id, kind: 'auth-token.deleted' })),
  );
}

test.each(ends)('a token ends with its socket and its sessions when %s', async (_, end) => {
  const person = await newPerson();
  const [token, bystander] = [await person.signIn(), await watch(admin)];
  const [watching, connection] = [await watch(token), await connect(token)];
  await end(person, token);
  const since = performance.now();
  await expectEnd(watching, connection, since);
  expect(await viewerOf(token)).toBeNull();
  await expectTold([token]);
  expect(bystander.isOpen()).toBe(true);
  expect(await viewerOf(admin)).not.toBeNull();
});

test('all the tokens of an account end when its password is changed, but for the one in use', async () => {
  const { accountId: id, signIn } = await newPerson();
  const [kept, ...others] = [await signIn(), await signIn(), await signIn()];
  const [keptSocket, keptSession] = [await watch(kept), await connect(kept)];
  const ending = await Promise.all(
    others.map(async (token) => [await watch(token), await connect(token)] as const),
  );
  const change = { id, expectedVersion: 2, currentPassword: password, newPassword: 'another-horse' };
  await made('changeAccountPassword', change, kept);
  const since = performance.now();
  for (const [watching, connection] of ending) await expectEnd(watching, connection, since);
  await expectTold(others);
  expect(await viewerOf(kept)).not.toBeNull();
  expect(await echo(keptSession.socket, 'still here')).toBe('still here');
  expect(keptSocket.isOpen()).toBe(true);
  const { id: fresh } = await authorize(server, kept, target);
  await keptSocket.stream.until('news of it', ({ __typename }) => __typename === 'SessionEvent');
  expect(await endOf(fresh)).toMatchObject({ status: 'PENDING' });
});

test('a program is out as fast: its token deleted, its user disabled, deleted, or gone with the org', async () => {
  const programs = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const { id: orgId } = await made('createScope', { scopeId: 'global' });
      const { id } = await made('createUser', { scopeId: orgId, type: 'SERVICE' });
      const token = await made('issueApiToken', { userId: id, name: 'ci' });
      return {
        orgId,
        id,
        token: token as string,
        watching: await watch(token),
        connection: await connect(token),
      };
    }),
  );
  const [one, two, three, four] = programs as [
    (typeof programs)[0],
    (typeof programs)[0],
    (typeof programs)[0],
    (typeof programs)[0],
  ];
  const steps: [(typeof programs)[0], () => Promise<unknown>][] = [
    [one, () => made('deleteAuthToken', { id: idOf(one.token) })],
    [two, () => made('updateUser', { id: two.id, expectedVersion: 1, isDisabled: true })],
    [three, () => made('deleteUser', { id: three.id })],
    [four, () => made('deleteScope', { id: four.orgId })],
  ];
  for (const [program, end] of steps) {
    expect(program.watching.isOpen()).toBe(true);
    await end();
    const since = performance.now();
    await expectEnd(program.watching, program.connection, since);
    expect(await viewerOf(program.token)).toBeNull();
  }
  const told = await server.database.sql(
    `select subject_id from event where kind = 'auth-token.deleted' and subject_id = any($1)`,
    [programs.map(({ token }) => idOf(token))],
  );
  expect(told).toHaveLength(4);
});

/** A socket that has said who it is and asks for nothing. */
async function openIdle(token: string): Promise<{ closedAs: Promise<number> }> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve) => socket.once('open', resolve));
  const isKnown = new Promise((resolve) => socket.once('message', resolve));
  const closedAs = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { token } }));
  await isKnown;
  return { closedAs };
}

test('a socket that asks for nothing is closed as well', async () => {
  const { signIn } = await newPerson();
  const token = await signIn();
  const { closedAs } = await openIdle(token);
  await made('deleteAuthToken', { id: idOf(token) }, token);
  const since = performance.now();
  expect(await closedAs).toBe(4403);
  expect(performance.now() - since).toBeLessThan(1000);
});

test('a token that merely expires closes its sockets and leaves the sessions that it made', async () => {
  const { signIn } = await newPerson();
  const token = await signIn();
  const { socket } = await connect(token);
  await server.database.sql('alter table auth_token disable trigger auth_token_immutable');
  await server.database.sql(
    `update auth_token set expires_at = postern_now() + interval '1 s' where id = $1`,
    [idOf(token)],
  );
  await server.database.sql('alter table auth_token enable trigger auth_token_immutable');
  const { stream, closedAs } = await watch(token);
  expect(await stream.ended).toBe('complete');
  expect(await closedAs).toBe(4403);
  expect(await viewerOf(token)).toBeNull();
  expect(await echo(socket, 'goes on')).toBe('goes on');
});

test('an org goes with all of a session in it: the user, the token, the target and what came before', async () => {
  const { orgId, userId, signIn } = await newPerson();
  const token = await signIn();
  const { id: scopeId } = await made('createScope', { scopeId: orgId });
  await grantTo(server, userId, { scope: scopeId, grants: ['ids=*;type=target;actions=authorize-session'] });
  const own = await makeTarget(server, host.port, { scope_id: scopeId });
  const [over, live] = [await authorize(server, token, own), await authorize(server, token, own)];
  const cancel = 'mutation ($input: CancelSessionInput!) { cancelSession(input: $input) { session { id } } }';
  expect((await server.ask(cancel, { input: { id: over.id } }, admin)).errors).toBeUndefined();
  const { socket } = await live.open();
  await echo(socket, 'hello');
  const watching = await watch(token);
  await made('deleteScope', { id: orgId });
  const since = performance.now();
  await expectEnd(
    watching,
    { id: live.id, socket, isCut: closed(socket).then(() => performance.now()) },
    since,
  );
  expect(await endOf(over.id)).toEqual({ status: 'TERMINATED', terminationReason: 'CANCELED' });
});

test('many sockets of many tokens end together, and those of others stay', async () => {
  const { accountId: id, signIn } = await newPerson();
  const tokens = await Promise.all([signIn(), signIn(), signIn()]);
  const sockets = await Promise.all([...tokens, ...tokens, admin, admin].map((token) => watch(token)));
  await made('setAccountPassword', { id, expectedVersion: 2, password: 'another-horse' });
  const codes = await Promise.all(sockets.slice(0, 6).map(({ closedAs }) => closedAs));
  expect(new Set(codes)).toEqual(new Set([4403]));
  expect(sockets.slice(6).map((one) => one.isOpen())).toEqual([true, true]);
});
