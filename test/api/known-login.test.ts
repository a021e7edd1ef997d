import { hashPassword } from '../../src/auth/password-hash';
import { startTestServer } from '../support/test-server';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import type { Flags } from '../../src/settings';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const setPassword = async (account: string, password: string): Promise<void> => {
  await database.sql('update account_password set hash = $2 where account_id = $1', [
    account,
    await hashPassword(password),
  ]);
};
const admin = 'acctpw_1234567890';
const user = 'acctpw_0987654321';
const refusal = (login: string): string =>
  `the development login ${login} / password works in this database, and anybody knows it; ` +
  'serve the API on loopback without --behind-proxy and --public-url, or start on another database ' +
  '(--data-dir, DATABASE_URL) with `postern init`';

describe('a database with the development login', () => {
  test.each<[string, Flags]>([
    ['beyond loopback', { apiListenAddress: '0.0.0.0:0', behindProxy: '1', publicUrl: 'https://p.example' }],
    ['behind a proxy', { behindProxy: 'true' }],
    ['under a public name', { publicUrl: 'https://postern.example' }],
  ])('is not served %s, where anybody could sign in as its administrator', async (_, flags) => {
    await expect(startTestServer(flags, {}, database)).rejects.toThrow(refusal('admin'));
  });

  test('is not served beyond this machine while any of its logins is known', async () => {
    await setPassword(admin, 'correct horse');
    const start = () => startTestServer({ behindProxy: 'true' }, {}, database);
    await expect(start()).rejects.toThrow(refusal('user'));
    await setPassword(user, 'battery staple');
    await (await start()).stop();
  });

  test('is served beyond this machine when nobody has these accounts', async () => {
    await database.sql('delete from account where id = any($1)', [[admin, user]]);
    await (await startTestServer({ behindProxy: 'true' }, {}, database)).stop();
  });

  test('is served on this machine', async () => {
    const server = await startTestServer({}, {}, database);
    expect(await server.signIn()).toMatch(/^at_/);
    await server.stop();
  });
});
