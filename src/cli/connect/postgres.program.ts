import { isOneLine, loginOf } from './brokered-credential.js';
import type { LocalAddress } from './client-program.js';
import { nameFault, option, type KnownProgram } from './known-program.js';

export const postgres: KnownProgram<'username' | 'dbname'> = {
  name: 'postgres',
  description: 'connect to a PostgreSQL target and open psql on it',
  flags: {
    username: {
      value: 'name',
      says: 'database user',
      env: 'POSTERN_CONNECT_USERNAME',
      fault: nameFault,
    },
    dbname: { value: 'name', says: 'database', env: 'POSTERN_CONNECT_DBNAME', fault: nameFault },
  },
  styles: {
    psql: {
      take(credential, { local }) {
        const login = loginOf(credential);
        if (login === null || !isOneLine(login.password)) return null;
        return {
          username: login.username,
          files: { passwords: passwordFile(local, login.password) },
          start: (pathOf) => ({ env: { PGPASSFILE: pathOf('passwords'), PGPASSWORD: undefined } }),
        };
      },
      needs: { psql: 'install the PostgreSQL client (Debian: apt install postgresql-client)' },
      args: ({ local, flags }) => [
        ...['-p', String(local.port), '-h', local.address],
        ...option('-d', flags.dbname),
        ...option('-U', flags.username),
      ],
    },
  },
  credentials:
    'The first credential of the target with a password logs in, as its user unless -username names another; psql reads it from a file of its own.',
  examples: [
    '-target-name=tests -target-scope-name=QA_Tests -username=postgres -dbname=sampledb',
    "-target-id=ttcp_1234567890 -username=postgres -- -c 'select 1'",
  ],
};

/** For the local address alone: `\c` to another server is not given the password. */
function passwordFile({ address, port }: LocalAddress, password: string): string {
  const field = (text: string): string => text.replace(/[\\:]/g, '\\$&');
  return `${field(address)}:${port}:*:*:${field(password)}\n`;
}
