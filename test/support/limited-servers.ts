import { hashPassword } from '../../src/auth/password-hash';
import type { Limits } from '../../src/limits';
import type { Flags } from '../../src/settings';
import { keptLog } from './kept-log';
import { outcomeOf, tryLogin, type LoginTry } from './raw-login';
import { createTestDatabase, type TestDatabase } from './test-database';
import { startTestServer, type TestServer } from './test-server';

/** The limits of sign-ins as they are unless an operator sets others. */
export const usualLimits: Flags = {
  ...{ loginFailures: '5', loginsPerAddress: '20', loginsPerName: '20', logins: '600' },
};
export const noLimits: Flags = {
  ...{ loginFailures: '0', loginsPerAddress: '0', loginsPerName: '0', logins: '0' },
};

/** Servers and databases that end with the test they are made in. */
export function limitedServers() {
  const servers: TestServer[] = [];
  const databases: TestDatabase[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    for (const database of databases.splice(0)) await database.drop();
  });
  return {
    async serve(
      flags: Flags = usualLimits,
      limits: Partial<Limits> = {},
      log = keptLog(),
    ): Promise<TestServer> {
      const server = await startTestServer({ ...noLimits, ...flags }, {}, undefined, log, limits);
      servers.push(server);
      return server;
    },
    async serveOn(database: TestDatabase, flags: Flags = usualLimits): Promise<TestServer> {
      const server = await startTestServer({ ...noLimits, ...flags }, {}, database);
      servers.push(server);
      return server;
    },
    /** A database that outlives a server. */
    async database(): Promise<TestDatabase> {
      const database = await createTestDatabase();
      databases.push(database);
      return database;
    },
    /** One in which nobody knows a password, as a server for others has to have. */
    async closedDatabase(): Promise<TestDatabase> {
      const database = await createTestDatabase();
      databases.push(database);
      await database.sql('update account_password set hash = $1', [await hashPassword('of its own')]);
      return database;
    },
  };
}

/** Tries logins one after the other; what came of each. */
export async function outcomes(server: TestServer, tries: readonly LoginTry[]): Promise<string[]> {
  const found: string[] = [];
  for (const one of tries) found.push(outcomeOf(await tryLogin(server, one)));
  return found;
}

export const times = (count: number, of: (i: number) => LoginTry): LoginTry[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** Tries logins all at once, so that no limit gets anything back meanwhile; how often each thing came of it. */
export async function outcomesAtOnce(
  server: TestServer,
  tries: readonly LoginTry[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of await Promise.all(tries.map((one) => tryLogin(server, one)))) {
    const outcome = outcomeOf(answer);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}
