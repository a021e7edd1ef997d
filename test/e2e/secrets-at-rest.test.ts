import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeIdentity } from '../../src/proxy/identity';
import { newPrivateKey } from '../support/private-keys';
import { wholeDump } from '../support/database-dump';
import { freePort, killPrograms, runProgram, temporaryFolder, type Program } from '../support/program';
import { mutationDocument } from '../support/schema-walk';
import { secretsIn } from '../support/secret-forms';
import { eventually } from '../support/session-client';
import { createTestDatabase, testCluster, type TestDatabase } from '../support/test-database';
import type { Answer } from '../support/test-server';

const project = 'p_1234567890';
const role = `secrets_${randomBytes(6).toString('hex')}`;

/** What nobody may find anywhere: each one new, with what JSON, addresses and shells write otherwise. */
const secrets: string[] = [];
const secret = (): string => {
  const one = `${randomBytes(9).toString('hex')}"\\ /+é${randomBytes(9).toString('base64')}`;
  secrets.push(one);
  return one;
};

let database: TestDatabase;
let folder: ReturnType<typeof temporaryFolder>;
let server: Program;
let url: string;
let databasePassword: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = temporaryFolder();
  databasePassword = randomBytes(18).toString('base64url');
  secrets.push(databasePassword);
  await database.sql(`create role ${role} login superuser password '${databasePassword}'`);
  await serve();
}, 60_000);
afterAll(async () => {
  killPrograms();
  await database.sql(`drop role ${role}`).catch(() => {});
  await database.drop();
  folder.remove();
});

/** A real server, whose process is told by a preloaded script to crash, and writes reports as an operator would have it. */
async function serve(): Promise<void> {
  const reports = join(folder.path, 'reports');
  mkdirSync(reports);
  const crash = join(folder.path, 'crash.js');
  writeFileSync(
    crash,
    `process.on('SIGWINCH', () => { throw new Error('crashed'); });
     // As an older Node is, whose reports tell of the environment.
     Object.defineProperty(process.report, 'excludeEnv', { get: () => false, set: () => {} });\n`,
  );
  const configuration = join(folder.path, 'config.hcl');
  writeFileSync(
    configuration,
    `config {
      format  = 1
      manager = "secrets"
    }
    org "vault" {
      name = "Vault"
      auth_method "password" "people" {
        name = "people"
        account "ada" {
          login_name = "ada"
          password   = secret("env://ADA_PASSWORD")
        }
      }
    }`,
  );
  const [api, proxy] = [await freePort(), await freePort()];
  const { rootKey } = testCluster();
  secrets.push(rootKey, Buffer.from(rootKey, 'base64').toString('hex'));
  server = runProgram(
    [
      ...['server', '--config', configuration, '--log-level', 'debug', '--log-format', 'json'],
      ...['--api-listen-address', `127.0.0.1:${api}`, '--proxy-listen-address', `127.0.0.1:${proxy}`],
    ],
    {
      env: {
        HOME: folder.path,
        DATABASE_URL: database.url.replace(/\/\/[^@]*@/, `//${role}:${databasePassword}@`),
        POSTERN_ROOT_KEY: rootKey,
        ADA_PASSWORD: secret(),
        NODE_OPTIONS: `--require ${crash} --report-on-signal --report-uncaught-exception --report-directory=${reports}`,
      },
    },
  );
  await server.says(/Ctrl-C stops everything/, 60_000);
  url = `http://127.0.0.1:${api}`;
}

async function post(body: object, token: string | null): Promise<Answer> {
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}
const ask = (query: string, variables: object = {}, token: string | null = null): Promise<Answer> =>
  post({ query, variables }, token);

/** A token is told as it is; what is secret of it stands behind its last line below. */
function token(text: string): string {
  secrets.push(text.slice(text.lastIndexOf('_') + 1));
  return text;
}

async function signIn(loginName: string, password: string, authMethodId?: string): Promise<string | null> {
  const { data } = await ask(
    'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }',
    { input: { loginName, password, authMethodId } },
  );
  const given = data?.['authenticate']?.token as string | undefined;
  return given === undefined ? null : token(given);
}

const passphrase = secret();
const privateKey = newPrivateKey(passphrase);

/** Does all that has to do with secrets, rightly and wrongly. */
async function run(): Promise<void> {
  const admin = await signIn('admin', 'password');
  const made = async (mutation: string, input: object): Promise<any> => {
    const { data, errors } = await ask(mutationDocument(mutation), { input }, admin);
    expect({ mutation, errors }).toEqual({ mutation, errors: undefined });
    return Object.values(data![mutation])[0];
  };
  const refused = async (mutation: string, input: object, as = admin): Promise<void> => {
    const answer = await ask(mutationDocument(mutation), { input }, as);
    expect({ mutation, errors: answer.errors?.length }).toEqual({ mutation, errors: 1 });
    expect(secretsIn(JSON.stringify(answer), secrets)).toEqual([]);
  };

  const { id: authMethodId } = await made('createAuthMethod', { scopeId: 'o_1234567890' });
  const { id: userId } = await made('createUser', { scopeId: 'o_1234567890' });
  const first = secret();
  const { id: accountId } = await made('createAccount', {
    authMethodId,
    loginName: 'grace',
    password: first,
  });
  await made('addUserAccounts', { id: userId, expectedVersion: 1, accountIds: [accountId] });
  expect(await signIn('grace', first, authMethodId)).not.toBeNull();
  expect(await signIn('grace', secret(), authMethodId)).toBeNull();
  expect(await signIn('nobody', secret(), authMethodId)).toBeNull();
  const [second, third] = [secret(), secret()];
  await made('setAccountPassword', { id: accountId, expectedVersion: 2, password: second });
  await refused('createAccount', { authMethodId, loginName: 'grace', password: secret() });
  await refused('changeAccountPassword', {
    ...{ id: accountId, expectedVersion: 3, currentPassword: secret(), newPassword: third },
  });
  const grace = await signIn('grace', second, authMethodId);
  await ask('{ users(scopeId: "global") { nodes { id } } }', {}, grace);
  await ask(
    '{ users(scopeId: "global") { nodes { id } } }',
    {},
    token(`at_0123456789_${randomBytes(24).toString('hex')}`),
  );

  const { id: credentialStoreId } = await made('createCredentialStore', { scopeId: project });
  secrets.push(...privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-')));
  const parts: Record<string, object> = {
    createUsernamePasswordCredential: { username: 'jim', password: secret() },
    createUsernamePasswordDomainCredential: { username: 'jim', password: secret(), domain: 'corp' },
    createPasswordCredential: { password: secret() },
    createSshPrivateKeyCredential: { username: 'jim', privateKey, privateKeyPassphrase: passphrase },
    createJsonCredential: { object: { token: secret(), deep: [{ er: secret() }] } },
  };
  const ids: string[] = [];
  for (const [mutation, part] of Object.entries(parts))
    ids.push((await made(mutation, { credentialStoreId, ...part })).id as string);
  await made('updateCredential', { id: ids[0], expectedVersion: 1, password: secret() });
  await refused('updateCredential', { id: ids[0], expectedVersion: 7, password: secret() });
  await refused('updateCredential', { id: 'credup_0000000000', expectedVersion: 1, password: secret() });
  await refused('updateCredential', { id: ids[0], expectedVersion: 2, object: { token: secret() } });
  await refused('createSshPrivateKeyCredential', {
    ...{ credentialStoreId, username: 'jim', privateKey, privateKeyPassphrase: secret() },
  });
  await refused('createSshPrivateKeyCredential', {
    credentialStoreId,
    username: 'jim',
    privateKey: secret(),
  });
  await refused('createPasswordCredential', { credentialStoreId, password: secret().repeat(60) });
  for (const password of [[secret()], { deep: secret() }])
    await refused('createPasswordCredential', { credentialStoreId, password });
  await ask(
    `mutation { createPasswordCredential(input: { password: "${randomBytes(9).toString('hex')}" }`,
    {},
    admin,
  );
  await post({ query: '{', variables: { password: secret() } }, admin);

  const { id: targetId } = await made('createTarget', {
    ...{ scopeId: project, name: 'brokers', defaultPort: 22, address: '127.0.0.1' },
  });
  await made('setTargetCredentialSources', {
    id: targetId,
    expectedVersion: 1,
    brokeredCredentialSourceIds: ids,
  });
  for (const clientPublicKey of [null, makeIdentity('test').publicKey]) {
    const { data } = await ask(
      `mutation ($input: AuthorizeSessionInput!) { authorizeSession(input: $input) {
        authorization { token credentials { secret privateKey } } } }`,
      { input: { targetId, clientPublicKey } },
      admin,
    );
    const { authorization } = data!['authorizeSession'];
    expect(authorization.credentials).toHaveLength(ids.length);
    expect(secretsIn(JSON.stringify(authorization.credentials), secrets).length).toBeGreaterThan(5);
    if (authorization.token !== null) {
      token(authorization.token as string);
      const redeemed = { token: authorization.token, clientPublicKey: makeIdentity('test').publicKey };
      await ask(mutationDocument('redeemAuthorization'), { input: redeemed });
    }
  }
  await made('rotateScopeKeys', { scopeId: project, reseal: true });
  await made('deleteCredential', { id: ids[2] });
}

const reports = (): string[] =>
  readdirSync(join(folder.path, 'reports')).map((name) => join(folder.path, 'reports', name));
/** Waits for a report that is whole. */
const report = (count: number): Promise<string> =>
  eventually(
    `report ${count}`,
    () => {
      const path = reports()[count - 1];
      const text = path === undefined ? '' : readFileSync(path, 'utf8');
      return Promise.resolve(text.trimEnd().endsWith('}') && text);
    },
    20_000,
  );

test('what was secret in a run is in no table, no log, no event, no audit entry and no report of a crash', async () => {
  await run();
  expect(secrets.length).toBeGreaterThan(30);

  const dump = await wholeDump(database);
  for (const table of ['credential_secret', 'audit', 'event', 'event_inbox', 'session', 'made_once'])
    expect(dump).toMatch(new RegExp(`^${table}$`, 'm'));
  expect(dump).toContain('createUsernamePasswordCredential');
  expect(secretsIn(dump, secrets)).toEqual([]);

  server.kill('SIGUSR2');
  const alive = await report(1);
  server.kill('SIGWINCH');
  expect((await server.ended).code).not.toBe(0);
  const dead = reports().filter((path) => readFileSync(path, 'utf8') !== alive);
  expect(dead).toHaveLength(1);
  for (const text of [alive, readFileSync(dead[0]!, 'utf8')]) {
    expect(text).toContain('"environmentVariables"');
    expect(secretsIn(text, secrets)).toEqual([]);
  }

  const log = server.stdout() + server.stderr();
  expect(log).toContain('"action":"createPasswordCredential"');
  expect(log).toContain('crashed');
  expect(secretsIn(log, secrets)).toEqual([]);
  const logs = postgresLogs();
  expect(logs).toHaveLength(1);
  for (const path of logs) expect(secretsIn(readFileSync(path, 'utf8'), secrets)).toEqual([]);
}, 120_000);

/** What the database itself has written meanwhile; that of the test run. */
function postgresLogs(): string[] {
  const { folder: place } = testCluster() as unknown as { folder: string };
  return [join(place, 'postgres.log'), join(dirname(place), 'postgres.log')].filter((path) =>
    existsSync(path),
  );
}
