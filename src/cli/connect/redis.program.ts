import { loginOf } from './brokered-credential.js';
import { nameFault, option, type KnownProgram } from './known-program.js';

export const redis: KnownProgram<'username'> = {
  name: 'redis',
  description: 'connect to a Redis target and open redis-cli on it',
  flags: {
    username: {
      value: 'name',
      says: 'user to log in as; its password is asked for, or taken from REDISCLI_AUTH',
      env: 'POSTERN_CONNECT_USERNAME',
      fault: nameFault,
    },
  },
  styles: {
    'redis-cli': {
      take(credential) {
        const login = loginOf(credential);
        if (login === null || login.password.includes('\0')) return null;
        // It reads no file: its environment is what it has, which only its user and root can see.
        return { username: login.username, start: () => ({ env: { REDISCLI_AUTH: login.password } }) };
      },
      needs: { 'redis-cli': 'install it (Debian: apt install redis-tools)' },
      // Behind a command, the address would be a part of it.
      isGivenLast: true,
      args: ({ local, flags, env, isLoggedIn }) => [
        ...['-h', local.address, '-p', String(local.port)],
        ...option('--user', flags.username),
        ...(flags.username === undefined || isLoggedIn || env['REDISCLI_AUTH'] ? [] : ['--askpass']),
      ],
    },
  },
  credentials:
    'The first credential of the target with a password logs in, as its user unless -username names another. redis-cli reads no file: it has the password in its environment.',
  examples: [
    '-target-name=cache -target-scope-name=Production -username=ann',
    '-target-id=ttcp_1234567890 -- dbsize',
  ],
};
