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
      needs: { 'redis-cli': 'install it (Debian: apt install redis-tools)' },
      // Behind a command, the address would be a part of it.
      isGivenLast: true,
      args: ({ local, flags, env }) => [
        ...['-h', local.address, '-p', String(local.port)],
        ...option('--user', flags.username),
        ...(flags.username === undefined || env['REDISCLI_AUTH'] ? [] : ['--askpass']),
      ],
    },
  },
  examples: [
    '-target-name=cache -target-scope-name=Production -username=ann',
    '-target-id=ttcp_1234567890 -- dbsize',
  ],
};
