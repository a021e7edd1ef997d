import fc from 'fast-check';
import {
  canBecome,
  closedReasons,
  connectionStatuses,
  sessionStatuses,
  sessionTransitions,
  terminationReasons,
} from '../../src/session/session.rules';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql(
    `insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
     values ('at_1234567890', 'acctpw_1234567890', 'ampw_1234567890', 'global', sha256('x'), postern_now() + interval '1 hour', 60)`,
  );
});
afterAll(() => database.drop());

let count = 0;
async function newSession(columns: Record<string, unknown> = {}): Promise<string> {
  const id = `s_${(count += 1).toString().padStart(10, '0')}`;
  const values = {
    id,
    user_id: 'u_1234567890',
    user_name: 'admin',
    auth_token_id: 'at_1234567890',
    org_id: 'o_1234567890',
    project_id: 'p_1234567890',
    target_id: 'ttcp_1234567890',
    target_name: 't',
    endpoint_host: '127.0.0.1',
    endpoint_port: 22,
    user_ref: 'u_1234567890',
    auth_token_ref: 'at_1234567890',
    project_ref: 'p_1234567890',
    target_ref: 'ttcp_1234567890',
    client_thumbprint: 'A'.repeat(43),
    connection_limit: -1,
    expires_at: '2100-01-01T00:00:00Z',
    max_expires_at: '2100-01-01T00:00:00Z',
    ...columns,
  };
  const names = Object.keys(values);
  await database.sql(
    `insert into session (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(values),
  );
  return id;
}

const move = (id: string, to: string) =>
  database.sql(
    `update session set status = $2, termination_reason = case when $2 in ('pending', 'active') then termination_reason
       else coalesce(termination_reason, 'canceled') end where id = $1`,
    [id, to],
  );
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error as { constraint?: string }).constraint ?? (error as Error).message,
  );

describe('the lists of the database are those of the rules', () => {
  const listOf = async (constraint: string): Promise<string[]> => {
    const [row] = await database.sql<{ definition: string }>(
      'select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1',
      [constraint],
    );
    return [...row!.definition.matchAll(/'([^']+)'::text/g)].map(([, word]) => word!).sort();
  };

  test.each([
    ['session_status_must_be_known', sessionStatuses],
    ['session_termination_reason_must_be_known', Object.keys(terminationReasons)],
    ['connection_status_must_be_known', connectionStatuses],
    ['connection_closed_reason_must_be_known', Object.keys(closedReasons)],
  ])('%s', async (constraint, words) => {
    expect(await listOf(constraint)).toEqual([...words].sort());
  });

  test('the transitions', async () => {
    const rows = await database.sql<{ from_status: string | null; to_status: string }>(
      'select * from session_status_transition',
    );
    const written = Object.entries(sessionTransitions).flatMap(([from, all]) =>
      all.map((to) => `${from} ${to}`),
    );
    expect(rows.map((row) => `${row.from_status ?? ''} ${row.to_status}`).sort()).toEqual(
      [' pending', ...written].sort(),
    );
  });

  test('every constraint is named for its rule', async () => {
    const rows = await database.sql<{ name: string }>(
      `select conname as name from pg_constraint c join pg_namespace n on n.oid = c.connamespace
       where n.nspname = 'public' and contype in ('c', 'u', 'f', 'p') and conrelid::regclass::text !~ '^(event_\\d|schema_migration)'`,
    );
    const unnamed = rows
      .map((row) => row.name)
      .filter((name) => /_(pkey|key|fkey|check\d*)$/.test(name) || !name.includes('_'));
    expect(unnamed).toEqual([]);
  });
});

describe('the database alone keeps a session’s status legal', () => {
  test.each(sessionStatuses.flatMap((from) => sessionStatuses.map((to) => [from, to] as const)))(
    'from %s to %s',
    async (from, to) => {
      const id = await newSession();
      const path = { pending: [], active: ['active'], canceling: ['canceling'], terminated: ['terminated'] }[
        from
      ];
      for (const step of path) await move(id, step);
      const outcome = await refused(move(id, to));
      // Which of the rules speaks first does not matter; that one does.
      expect(outcome === 'accepted').toBe(from === to || canBecome(from, to));
      const [row] = await database.sql<{ status: string }>('select status from session where id = $1', [id]);
      expect(row!.status).toBe(from === to || canBecome(from, to) ? to : from);
    },
  );

  test('whatever is tried in whatever order, states never go back and each is entered once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...sessionStatuses), { maxLength: 8 }), async (steps) => {
        const id = await newSession();
        for (const step of steps) await refused(move(id, step));
        const states = await database.sql<{ status: string; started_at: Date; ended_at: Date | null }>(
          `select status, started_at, ended_at from session_state where session_id = $1
           order by array_position('{pending,active,canceling,terminated}', status)`,
          [id],
        );
        const names = states.map((state) => state.status) as (typeof sessionStatuses)[number][];
        expect(names[0]).toBe('pending');
        names.slice(1).forEach((to, i) => expect(canBecome(names[i]!, to)).toBe(true));
        states.forEach((state, i) => expect(state.ended_at).toEqual(states[i + 1]?.started_at ?? null));
        const [row] = await database.sql<{ status: string }>('select status from session where id = $1', [
          id,
        ]);
        expect(row!.status).toBe(names.at(-1));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['a session that starts active', () => newSession({ status: 'active' }), 'session_must_start_pending'],
    [
      'a life without an end',
      () => newSession({ expires_at: '1990-01-01T00:00:00Z' }),
      'session_must_expire_later',
    ],
    [
      'an active session that is bound to no key',
      async () => move(await newSession({ client_thumbprint: null }), 'active'),
      'session_must_be_bound_before_it_is_active',
    ],
    [
      'an end without a reason',
      async () => database.sql(`update session set status = 'canceling' where id = $1`, [await newSession()]),
      'session_must_have_a_reason_once_it_ends',
    ],
    [
      'a second reason',
      async () => {
        const id = await newSession();
        await move(id, 'canceling');
        await database.sql(`update session set termination_reason = 'timed out' where id = $1`, [id]);
      },
      'session_termination_reason_is_immutable',
    ],
    [
      'a shorter life',
      async () =>
        database.sql(`update session set expires_at = expires_at - interval '1 second' where id = $1`, [
          await newSession(),
        ]),
      'session_expires_at_may_only_grow',
    ],
    [
      'another key',
      async () =>
        database.sql(`update session set client_thumbprint = $2 where id = $1`, [
          await newSession(),
          'B'.repeat(43),
        ]),
      'session_client_thumbprint_is_immutable',
    ],
    [
      'another endpoint',
      async () => database.sql(`update session set endpoint_port = 23 where id = $1`, [await newSession()]),
      'session_endpoint_port_is_immutable',
    ],
    [
      'more connections than the limit',
      async () =>
        database.sql('update session set connection_count = 2 where id = $1', [
          await newSession({ connection_limit: 1 }),
        ]),
      'session_connections_must_be_within_the_limit',
    ],
    [
      'an end with connections open',
      async () => {
        const id = await newSession();
        await database.sql(
          'update session set connection_count = 1, open_connection_count = 1 where id = $1',
          [id],
        );
        await move(id, 'terminated');
      },
      'session_must_not_end_with_connections_open',
    ],
    [
      'a live session without its user',
      async () => database.sql('update session set user_ref = null where id = $1', [await newSession()]),
      'session_must_hang_on_what_exists_while_it_lives',
    ],
  ])('%s is refused', async (_, work, constraint) => {
    expect(await refused(work())).toBe(constraint);
  });

  test('what a session hangs on cannot be deleted until its end is decided; then it can, and the session stays', async () => {
    await database.sql(
      `insert into target (id, scope_id, name, address, default_port) values ('ttcp_gone000000', 'p_1234567890', 'gone', '127.0.0.1', 22)`,
    );
    const id = await newSession({ target_id: 'ttcp_gone000000', target_ref: 'ttcp_gone000000' });
    const remove = () => database.sql(`delete from target where id = 'ttcp_gone000000'`);
    expect(await refused(remove())).toBe('session_must_hang_on_what_exists_while_it_lives');
    await move(id, 'canceling');
    expect(await refused(remove())).toBe('accepted');
    const [row] = await database.sql('select target_id, target_ref, target_name from session where id = $1', [
      id,
    ]);
    expect(row).toEqual({ target_id: 'ttcp_gone000000', target_ref: null, target_name: 't' });
  });
});

describe('connections', () => {
  const newConnection = async (columns = ''): Promise<string> => {
    const session = await newSession();
    const id = `sc_${(count += 1).toString().padStart(10, '0')}`;
    await database.sql(
      `insert into session_connection (id, session_id, worker_name, boot_id, client_address) values ($1, $2, 'w', 'b', '127.0.0.1:1')`,
      [id, session],
    );
    if (columns) await database.sql(`update session_connection set ${columns} where id = $1`, [id]);
    return id;
  };
  const connected = `status = 'connected', endpoint_address = '127.0.0.1:2', connected_at = postern_now()`;
  const closed = `status = 'closed', closed_reason = 'closed by host', closed_at = postern_now()`;

  test.each([
    ['authorized to connected', '', connected, 'accepted'],
    ['authorized to closed', '', closed, 'accepted'],
    ['connected to closed', connected, closed, 'accepted'],
    [
      'connected back to authorized',
      connected,
      `status = 'authorized'`,
      'connection_status_must_follow_a_known_transition',
    ],
    [
      'closed back to connected',
      closed,
      `status = 'connected', closed_reason = null, closed_at = null, endpoint_address = 'x', connected_at = postern_now()`,
      'connection_status_must_follow_a_known_transition',
    ],
    [
      'closed without a reason',
      '',
      `status = 'closed', closed_at = postern_now()`,
      'connection_must_have_a_reason_once_closed',
    ],
    ['connected to nowhere', '', `status = 'connected'`, 'connection_must_have_an_endpoint_once_connected'],
    ['fewer bytes than before', 'bytes_up = 10', 'bytes_up = 9', 'connection_bytes_may_only_grow'],
  ])('%s', async (_, before, change, outcome) => {
    const id = await newConnection(before);
    expect(await refused(database.sql(`update session_connection set ${change} where id = $1`, [id]))).toBe(
      outcome,
    );
  });
});
