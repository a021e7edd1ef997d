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
      needs: { cqlsh: 'install it (pipx install cqlsh)' },
      args: ({ local, flags }) => [
        ...[local.address, String(local.port)],
        ...option('-u', flags.username),
        ...option('-k', flags.keyspace),
      ],
    },
  },
  examples: ['-target-name=metrics -target-scope-name=Production -username=ann -keyspace=metrics'],
};
