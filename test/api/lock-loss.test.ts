import { startTestServer, type TestServer } from '../support/test-server';
import { cutHolder, holderOf, standInLine } from '../support/lock-holder';
import { eventually } from '../support/session-client';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const lock = 'worker built-in';
let database: TestDatabase;
let server: TestServer;
beforeEach(async () => {
  database = await createTestDatabase();
  server = await startTestServer({}, {}, database);
});
afterEach(async () => {
  await server.stop();
  await database.drop();
});

const serves = (): Promise<boolean> =>
  fetch(`${server.url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

describe('a server whose worker lock falls with its connection', () => {
  test('takes it again and goes on, and no second worker of that name starts', async () => {
    const before = await holderOf(database, lock);
    await cutHolder(database, lock);
    await eventually('the lock to be held again', async () => {
      const now = await holderOf(database, lock);
      return now !== undefined && now !== before;
    });
    await expect(startTestServer({}, {}, database)).rejects.toThrow(
      'a worker named built-in is running already',
    );
    expect(await serves()).toBe(true);
  });

  test('stops serving when another has the worker by then', async () => {
    const other = await standInLine(database, lock);
    await cutHolder(database, lock);
    expect(await server.ended).toBe('another server has taken the worker named built-in');
    expect(await serves()).toBe(false);
    await other.leave();
  });

  test('stops serving when another start of the worker was there meanwhile, and is gone again', async () => {
    await database.sql(`update worker set boot_id = 'boot_0000000000' where name = 'built-in'`);
    await cutHolder(database, lock);
    expect(await server.ended).toBe('another server has taken the worker named built-in');
    expect(await serves()).toBe(false);
  });
});
