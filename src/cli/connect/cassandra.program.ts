import { isOneLine, loginOf } from './brokered-credential.js';
import { nameFault, option, type KnownProgram } from './known-program.js';

export const cassandra: KnownProgram<'username' | 'keyspace'> = {
  name: 'cassandra',
  description: 'connect to a Cassandra target and open cqlsh on it',
  flags: {
    username: {
      value: 'name',
      says: 'database user',
      env: 'POSTERN_CONNECT_USERNAME',
      fault: nameFault,
    },
    keyspace: { value: 'name', says: 'keyspace', env: 'POSTERN_CONNECT_KEYSPACE', fault: nameFault },
  },
  styles: {
    cqlsh: {
      take(credential) {
        const login = loginOf(credential);
        if (login === null || !isOneLine(login.password) || login.password.trim() !== login.password)
          return null;
        const user = login.username === null ? [] : [`username = ${login.username}`];
        const lines = [...user, `password = ${login.password}`];
        // One for cqlsh 4.0 and older, one for newer.
        const sections = ['plain_text_auth', 'PlainTextAuthProvider'];
        return {
          username: login.username,
          files: { credentials: sections.flatMap((name) => [`[${name}]`, ...lines, '']).join('\n') },
          start: (pathOf) => ({ args: ['--credentials', pathOf('credentials')] }),
        };
      },
      needs: { cqlsh: 'install it (pipx install cqlsh)' },
      args: ({ local, flags }) => [
        ...[local.address, String(local.port)],
        ...option('-u', flags.username),
        ...option('-k', flags.keyspace),
      ],
    },
  },
  credentials:
    'The first credential of the target with a password logs in, as its user unless -username names another; cqlsh (4.0 or newer) reads it from a file of its own.',
  examples: ['-target-name=metrics -target-scope-name=Production -username=ann -keyspace=metrics'],
};
