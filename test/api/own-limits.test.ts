import { silentLog } from '../../src/core/log';
import { collect, startTestServer } from '../support/test-server';

test('a server is started with limits of its own', async () => {
  const server = await startTestServer({}, {}, undefined, silentLog, { beatMs: 20, mostBodyBytes: 200 });
  const query =
    'subscription { sessionEvents(scopeId: "global") { ... on StreamCheckpoint { serverTime } } }';
  const stream = collect(server.live(await server.signIn()), { query }, 'sessionEvents');
  const times = new Set<string>();
  await stream.until('a third sign of life', ({ serverTime }) => times.add(serverTime).size >= 3);
  const long = `{ __typename ${' '.repeat(200)} }`;
  expect(await server.ask(long)).toMatchObject({ status: 413 });
  await server.stop();
});
