import type { MutationRow } from './mutation-row';

export const identityRows: readonly MutationRow[] = [
  {
    mutation: 'authenticate',
    async proof({ server }) {
      const { sql } = server.database;
      // Where nobody is granted to sign in.
      await sql(
        `insert into auth_method (id, scope_id) values ('ampw_hidden0000', 'o_1234567890') on conflict do nothing`,
      );
      const login = { loginName: 'admin', password: 'password', authMethodId: 'ampw_1234567890' };
      return {
        right: login,
        wrong: { ...login, password: 'wrong' },
        hidden: { ...login, authMethodId: 'ampw_hidden0000' },
        missing: { ...login, authMethodId: 'ampw_0000000000' },
      };
    },
    refusedAs: ['UNAUTHENTICATED', 'NOT_FOUND'],
  },
];
