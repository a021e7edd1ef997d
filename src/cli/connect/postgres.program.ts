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
      needs: { psql: 'install the PostgreSQL client (Debian: apt install postgresql-client)' },
      args: ({ local, flags }) => [
        ...['-p', String(local.port), '-h', local.address],
        ...option('-d', flags.dbname),
        ...option('-U', flags.username),
      ],
    },
  },
  examples: [
    '-target-name=tests -target-scope-name=QA_Tests -username=postgres -dbname=sampledb',
    "-target-id=ttcp_1234567890 -username=postgres -- -c 'select 1'",
  ],
};
