import type { TestDatabase } from './test-database';

/** Five orgs of ten projects each, 5,000 targets spread over the projects, and sessions of 100 users on them. */
export async function fillListWorld({ sql }: TestDatabase, sessions: number): Promise<void> {
  await sql(`insert into scope (id, type, parent_id, name)
    select 'o_wide' || i, 'org', 'global', 'org ' || i from generate_series(0, 4) i`);
  await sql(`insert into scope (id, type, parent_id, name)
    select 'p_wide' || lpad(i::text, 2, '0'), 'project', 'o_wide' || i % 5, 'project ' || i from generate_series(0, 49) i`);
  await sql(`insert into iam_user (id, scope_id, name)
    select 'u_wide' || lpad(i::text, 2, '0'), 'global', 'wide-' || i from generate_series(0, 99) i`);
  await sql(`insert into account (id, auth_method_id, scope_id, user_id, login_name)
    values ('acctpw_wide', 'ampw_1234567890', 'global', 'u_wide00', 'wide')`);
  await sql(`insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
    values ('at_wide', 'acctpw_wide', 'ampw_1234567890', 'global', sha256('wide'), now() + interval '1 day', 3600)`);
  await sql(`insert into target (id, scope_id, name, address, default_port, created_at)
    select 'ttcp_wide' || lpad(i::text, 4, '0'), 'p_wide' || lpad((i % 50)::text, 2, '0'), 'target ' || i, 'db.example', 5432,
      now() - interval '1 day' + i * interval '1 second'
    from generate_series(0, 4999) i`);
  await sql('alter table session disable trigger user');
  // The first project's sessions are older than all others: who walks past those to find them walks far.
  await sql(
    `insert into session (id, status, termination_reason, user_id, user_name, auth_token_id, org_id, project_id, target_id,
       target_name, endpoint_host, endpoint_port, user_ref, auth_token_ref, project_ref, target_ref, connection_limit,
       created_at, updated_at, expires_at, max_expires_at, terminated_at)
     select 's_wide' || lpad(i::text, 6, '0'), 'terminated', 'timed out', u.id, u.name, 'at_wide', p.parent_id, p.id, t.id,
       t.name, t.address, t.default_port, u.id, 'at_wide', p.id, t.id, -1,
       at, at, at + interval '1 hour', at + interval '1 hour', at + interval '1 hour'
     from (select i, now() - interval '30 days' + i * interval '1 second'
             - (case when i % 50 = 0 then interval '300 days' else interval '0' end) as at
           from generate_series(0, $1::int - 1) i) s
     join iam_user u on u.id = 'u_wide' || lpad((i % 97)::text, 2, '0')
     join target t on t.id = 'ttcp_wide' || lpad((i % 5000)::text, 4, '0')
     join scope p on p.id = t.scope_id`,
    [sessions],
  );
  await sql('alter table session enable trigger user');
  await sql('analyze');
}
