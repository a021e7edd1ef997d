import { nameFault, option, type KnownProgram } from './known-program.js';

export const mongo: KnownProgram<'username' | 'dbname' | 'authentication-database'> = {
  name: 'mongo',
  description: 'connect to a MongoDB target and open mongosh on it',
  flags: {
    username: {
      value: 'name',
      says: 'database user',
      env: 'POSTERN_CONNECT_USERNAME',
      fault: nameFault,
    },
    dbname: { value: 'name', says: 'database', env: 'POSTERN_CONNECT_DBNAME', fault: nameFault },
    'authentication-database': { value: 'name', says: 'database that knows the user', fault: nameFault },
  },
  styles: {
    mongosh: {
      needs: { mongosh: 'install the MongoDB Shell' },
      args: ({ local, flags }) => [
        ...['--port', String(local.port), '--host', local.address],
        ...option('-u', flags.username),
        ...option('--authenticationDatabase', flags['authentication-database']),
        ...(flags.dbname === undefined ? [] : [flags.dbname]),
      ],
    },
  },
  examples: [
    '-target-name=events -target-scope-name=Production -username=ann -authentication-database=admin -dbname=events',
  ],
};
