import { loginOf } from './brokered-credential.js';
import { nameFault, option, type KnownProgram } from './known-program.js';

const defaults = /^--(no-)?defaults/;

// What stands behind a backslash in an option file.
const escapes: Readonly<Record<string, string>> = {
  ...{ '\b': 'b', '\t': 't', '\n': 'n', '\r': 'r' },
  ...{ '\\': '\\', '"': '"' },
};

function quoted(text: string): string {
  return `"${text.replace(/[\b\t\n\r\\"]/g, (sign) => `\\${escapes[sign]}`)}"`;
}

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
      take(credential, { given }) {
        const login = loginOf(credential);
        // There is one file of options, and one of the caller's must stand first.
        if (login === null || login.password.includes('\0') || given.some((arg) => defaults.test(arg)))
          return null;
        return {
          username: login.username,
          files: { options: `[client]\npassword = ${quoted(login.password)}\n` },
          start: (pathOf) => ({
            lead: [`--defaults-file=${pathOf('options')}`],
            env: { MYSQL_PWD: undefined },
          }),
        };
      },
      needs: { mysql: 'install its client (Debian: apt install default-mysql-client)' },
      args: ({ local, flags, env, isLoggedIn }) => [
        ...['-P', String(local.port), '-h', local.address],
        ...option('-D', flags.dbname),
        ...option('-u', flags.username),
        ...(isLoggedIn || env['MYSQL_PWD'] ? [] : ['-p']),
      ],
    },
  },
  credentials:
    'The first credential of the target with a password logs in, as its user unless -username names another; mysql reads it from an option file of its own, and no other.',
  examples: [
    '-target-name=orders -target-scope-name=Production -username=ann -dbname=orders',
    "-target-id=ttcp_1234567890 -username=ann -- -e 'select 1'",
  ],
};
