const { createHash } = require('node:crypto');

/**
 * Fills a database with what a company of some size has: orgs and projects, users who are signed in, targets, and
 * sessions of which the latest fifty live. All rows are such as the program writes, states included; only the
 * triggers that would write the states rest meanwhile. The same numbers always make the same world.
 */
exports.fillWorld = async function fillWorld(sql, { projects = 50, users = 200, targets = 5000, sessions }) {
  const secret = 'A'.repeat(32);
  await sql(`insert into scope (id, type, parent_id, name)
    select 'o_bench' || lpad(i::text, 5, '0'), 'org', 'global', 'bench org ' || i from generate_series(0, 4) i`);
  await sql(
    `insert into scope (id, type, parent_id, name)
     select 'p_bench' || lpad(i::text, 5, '0'), 'project', 'o_bench' || lpad((i % 5)::text, 5, '0'), 'bench project ' || i
     from generate_series(0, $1::int - 1) i`,
    [projects],
  );
  await sql(
    `insert into iam_user (id, scope_id, name, created_at)
     select 'u_bench' || lpad(i::text, 5, '0'), 'global', 'bench-user-' || i, now() - interval '40 days' + i * interval '1 minute'
     from generate_series(0, $1::int - 1) i`,
    [users],
  );
  const [method] = await sql(`select id from auth_method where scope_id = 'global' limit 1`);
  await sql(
    `insert into account (id, auth_method_id, scope_id, user_id, login_name)
     select 'acctpw_bench' || lpad(i::text, 5, '0'), $2, 'global', 'u_bench' || lpad(i::text, 5, '0'), 'bench-user-' || i
     from generate_series(0, $1::int - 1) i`,
    [users, method.id],
  );
  await sql(
    `insert into auth_token (id, account_id, auth_method_id, scope_id, secret_hash, expires_at, idle_limit_seconds)
     select 'at_bench' || lpad(i::text, 5, '0'), 'acctpw_bench' || lpad(i::text, 5, '0'), $2, 'global', $3,
       now() + interval '7 days', 86400
     from generate_series(0, $1::int - 1) i`,
    [users, method.id, createHash('sha256').update(secret).digest()],
  );
  await sql(
    `insert into target (id, scope_id, name, description, address, default_port, created_at)
     select 'ttcp_bench' || lpad(i::text, 5, '0'), 'p_bench' || lpad((i % $2)::text, 5, '0'), 'bench target ' || i,
       'a database of the bench', 'db' || i || '.example', 5432, now() - interval '35 days' + i * interval '1 second'
     from generate_series(0, $1::int - 1) i`,
    [targets, projects],
  );
  await addSessions(sql, { users, targets, sessions });
  // Whom the measurement speaks as: somebody who may see everything and connect to everything.
  await sql(`insert into role (id, scope_id, name) values ('r_bench00000', 'global', 'bench')`);
  await sql(`insert into role_principal (role_id, principal_id) values ('r_bench00000', 'u_bench00000')`);
  await sql(
    `insert into role_grant_scope (role_id, grant_scope) values ('r_bench00000', 'this'), ('r_bench00000', 'descendants')`,
  );
  await sql(`insert into role_grant (role_id, canonical, raw) select 'r_bench00000', g, g from unnest(array[
    'ids=*;type=target;actions=list,read,authorize-session', 'ids=*;type=session;actions=cancel,list,read',
    'ids=*;type=user;actions=list,read', 'ids=*;type=scope;actions=list,read']) g`);
  await sql('vacuum analyze');
  return {
    target: (i) => `ttcp_bench${String(i).padStart(5, '0')}`,
    project: (i) => `p_bench${String(i).padStart(5, '0')}`,
    user: (i) => `u_bench${String(i).padStart(5, '0')}`,
    token: (i) => `at_bench${String(i).padStart(5, '0')}_${secret}`,
  };
};

async function addSessions(sql, { users, targets, sessions }) {
  await sql('alter table session disable trigger user');
  await sql(
    `insert into session (id, status, termination_reason, user_id, user_name, auth_token_id, org_id, org_name,
       project_id, project_name, target_id, target_name, endpoint_host, endpoint_port,
       user_ref, auth_token_ref, project_ref, target_ref, client_thumbprint, connection_limit, connection_count,
       bytes_up, bytes_down, created_at, updated_at, expires_at, max_expires_at, terminated_at, version, revision)
     select 's_bench' || substr(md5(i::text), 1, 12),
       case when lives then case when i % 5 = 0 then 'pending' else 'active' end else 'terminated' end,
       case when lives then null when i % 3 = 0 then 'timed out' else 'closed by user' end,
       u.id, u.name, 'at' || substr(u.id, 2), o.id, o.name, p.id, p.name, t.id, t.name, t.address, t.default_port,
       u.id, 'at' || substr(u.id, 2), p.id, t.id, substr(translate(encode(sha256(i::text::bytea), 'base64'), '+/', '-_'), 1, 43),
       -1, 1, 1000 + i, 2000 + i, at, at + interval '2 seconds', at + interval '8 hours', at + interval '8 hours',
       case when not lives then at + interval '1 hour' end, 3, 4
     from (select i, i < 50 as lives, postern_now() - (case when i < 50 then i * interval '1 second'
             else interval '2 hours' + i * interval '20 seconds' end) as at
           from generate_series(0, $1::int - 1) i) s
     join iam_user u on u.id = 'u_bench' || lpad((i * 7 % $2)::text, 5, '0')
     join target t on t.id = 'ttcp_bench' || lpad((i * 31 % $3)::text, 5, '0')
     join scope p on p.id = t.scope_id join scope o on o.id = p.parent_id`,
    [sessions, users, targets],
  );
  await sql('alter table session enable trigger user');
  // Each status so far with its time: pending, then active, then terminated.
  await sql(`insert into session_state (session_id, status, previous_status, started_at, ended_at)
    select id, 'pending', null, created_at, case when status <> 'pending' then updated_at end from session
    union all
    select id, 'active', 'pending', updated_at, terminated_at from session where status <> 'pending'
    union all
    select id, 'terminated', 'active', terminated_at, null from session where status = 'terminated'`);
}
