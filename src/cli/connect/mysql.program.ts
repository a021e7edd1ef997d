import { nameFault, option, type KnownProgram } from './known-program.js';

export const mysql: KnownProgram<'username' | 'dbname'> = {
  name: 'mysql',
  description: 'connect to a MySQL or MariaDB target and open mysql on it',
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
    mysql: {
      needs: { mysql: 'install its client (Debian: apt install default-mysql-client)' },
      args: ({ local, flags, env }) => [
        ...['-P', String(local.port), '-h', local.address],
        ...option('-D', flags.dbname),
        ...option('-u', flags.username),
        ...(env['MYSQL_PWD'] ? [] : ['-p']),
      ],
    },
  },
  examples: [
    '-target-name=orders -target-scope-name=Production -username=ann -dbname=orders',
    "-target-id=ttcp_1234567890 -username=ann -- -e 'select 1'",
  ],
};
