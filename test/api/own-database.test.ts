import { startDatabaseRelay } from '../support/database-relay';
import { authorize, makeTarget } from '../support/session-client';
import { createTestDatabase } from '../support/test-database';
import { startTestServer } from '../support/test-server';

test('the worker does not dial the database, by none of the addresses that its host has', async () => {
  const [database, relay] = [await createTestDatabase(), await startDatabaseRelay()];
  const server = await startTestServer({}, { DATABASE_URL: relay.urlOf(database) }, database);
  const token = await server.signIn();
  for (const address of ['127.0.0.1', 'localhost', '::ffff:127.0.0.1']) {
    const session = await authorize(server, token, await makeTarget(server, relay.port, { address }));
    await expect(session.open()).rejects.toMatchObject({
      refusal: { code: 'CONNECT_FAILED', message: expect.stringContaining('a listener of postern itself') },
    });
  }
  await server.stop();
  await relay.close();
  await database.drop();
});
