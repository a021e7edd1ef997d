/**
 * Sessions and their connections. What a session was is kept as text and never changes; what it hangs on
 * is kept as references that must be there while it lives. So nothing it hangs on can be deleted before
 * the session has ended, and history outlives everything.
 */
export const sessions = `
create table session_status_transition (
  from_status text,
  to_status text not null,
  constraint session_status_transition_must_be_unique unique nulls not distinct (from_status, to_status)
);
insert into session_status_transition values
  (null, 'pending'),
  ('pending', 'active'), ('pending', 'canceling'), ('pending', 'terminated'),
  ('active', 'canceling'), ('active', 'terminated'),
  ('canceling', 'terminated');

create table session (
  id public_id not null,
  type text not null default 'tcp',
  status text not null default 'pending',
  termination_reason text,
  ended_by text,
  ended_by_name text,
  end_comment text,

  user_id public_id not null,
  user_name text not null,
  auth_token_id public_id not null,
  org_id public_id not null,
  org_name text,
  project_id public_id not null,
  project_name text,
  target_id public_id not null,
  target_name text not null,
  host_set_id public_id,
  host_id public_id,
  endpoint_host text not null,
  endpoint_port integer not null,

  user_ref public_id,
  auth_token_ref public_id,
  project_ref public_id,
  target_ref public_id,
  host_set_ref public_id,
  host_ref public_id,

  client_thumbprint text,
  detached_secret_hash bytea,
  detached_expires_at timestamptz(3),

  connection_limit integer not null,
  connection_count integer not null default 0,
  open_connection_count integer not null default 0,
  bytes_up bigint not null default 0,
  bytes_down bigint not null default 0,
  reported_at timestamptz(3),

  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  expires_at timestamptz(3) not null,
  max_expires_at timestamptz(3) not null,
  terminated_at timestamptz(3),
  version integer not null default 1,
  revision integer not null default 1,

  constraint session_id_must_be_unique primary key (id),
  constraint session_type_must_be_known check (type in ('tcp')),
  constraint session_status_must_be_known check (status in ('pending', 'active', 'canceling', 'terminated')),
  constraint session_termination_reason_must_be_known check (termination_reason in
    ('canceled', 'closed by user', 'connection limit', 'network error', 'system error', 'timed out',
     'permission revoked', 'worker lost')),
  constraint session_must_have_a_reason_once_it_ends
    check ((status in ('pending', 'active')) = (termination_reason is null)),
  constraint session_must_have_a_time_of_its_end check ((status = 'terminated') = (terminated_at is not null)),
  constraint session_must_not_end_with_connections_open check (status <> 'terminated' or open_connection_count = 0),
  constraint session_must_hang_on_what_exists_while_it_lives check (status = 'terminated' or
    (user_ref is not null and auth_token_ref is not null and project_ref is not null and target_ref is not null
     and (host_id is null) = (host_ref is null) and (host_set_id is null) = (host_set_ref is null))),
  constraint session_must_be_bound_before_it_is_active check (status in ('pending', 'canceling', 'terminated')
    or client_thumbprint is not null),
  constraint session_thumbprint_must_be_sha256 check (client_thumbprint ~ '^[A-Za-z0-9_-]{43}$'),
  constraint session_detached_token_must_expire check ((detached_secret_hash is null) = (detached_expires_at is null)),
  constraint session_port_must_be_1_to_65535 check (endpoint_port between 1 and 65535),
  constraint session_must_expire_later check (expires_at > created_at and expires_at <= max_expires_at),
  constraint session_connection_limit_must_be_positive_or_minus_1
    check (connection_limit = -1 or connection_limit > 0),
  constraint session_connections_must_be_within_the_limit
    check (connection_limit = -1 or connection_count <= connection_limit),
  constraint session_open_connections_must_be_counted_ones
    check (open_connection_count between 0 and connection_count),
  constraint session_bytes_must_not_be_negative check (bytes_up >= 0 and bytes_down >= 0),

  constraint session_user_must_exist foreign key (user_ref) references iam_user (id) on delete set null,
  constraint session_auth_token_must_exist foreign key (auth_token_ref) references auth_token (id) on delete set null,
  constraint session_project_must_exist foreign key (project_ref) references scope (id) on delete set null,
  constraint session_target_must_exist foreign key (target_ref) references target (id) on delete set null,
  constraint session_host_set_must_exist foreign key (host_set_ref) references host_set (id) on delete set null,
  constraint session_host_must_exist foreign key (host_ref) references host (id) on delete set null
);
create index session_by_project on session (project_id, created_at, id);
create index session_by_age on session (created_at, id);
create index session_by_user on session (user_id, created_at, id);
create index session_by_target on session (target_id, created_at, id);
create index session_by_user_ref on session (user_ref) where user_ref is not null;
create index session_by_auth_token_ref on session (auth_token_ref) where auth_token_ref is not null;
create index session_by_project_ref on session (project_ref) where project_ref is not null;
create index session_by_target_ref on session (target_ref) where target_ref is not null;
create index session_by_host_set_ref on session (host_set_ref) where host_set_ref is not null;
create index session_by_host_ref on session (host_ref) where host_ref is not null;
create index session_live_by_expiry on session (expires_at) where status <> 'terminated';
create index session_detached_by_expiry on session (detached_expires_at)
  where status = 'pending' and client_thumbprint is null;
create index session_canceling on session (id) where status = 'canceling';
create index session_by_end on session (terminated_at) where status = 'terminated';

create trigger session_immutable before update on session for each row
  execute function refuse_change_of_immutable_columns(
    'id', 'type', 'user_id', 'user_name', 'auth_token_id', 'org_id', 'org_name', 'project_id', 'project_name',
    'target_id', 'target_name', 'host_set_id', 'host_id', 'endpoint_host', 'endpoint_port',
    'connection_limit', 'created_at', 'max_expires_at');

create table session_state (
  session_id public_id not null,
  status text not null,
  previous_status text,
  started_at timestamptz(3) not null default postern_now(),
  ended_at timestamptz(3),
  constraint session_state_must_be_entered_once primary key (session_id, status),
  constraint session_state_must_follow_one_other unique nulls not distinct (session_id, previous_status),
  constraint session_state_session_must_exist foreign key (session_id) references session (id) on delete cascade,
  constraint session_state_must_follow_a_known_transition foreign key (previous_status, status)
    references session_status_transition (from_status, to_status),
  constraint session_state_must_end_after_it_started check (ended_at >= started_at)
);

create function keep_session_states() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'pending' then
      raise exception 'a session starts pending' using errcode = '23514', constraint = 'session_must_start_pending';
    end if;
    insert into session_state (session_id, status, started_at) values (new.id, new.status, new.created_at);
  else
    if not exists (select from session_status_transition where from_status = old.status and to_status = new.status) then
      raise exception 'a session does not go from % to %', old.status, new.status
        using errcode = '23514', constraint = 'session_status_must_follow_a_known_transition';
    end if;
    update session_state set ended_at = greatest(postern_now(), started_at)
      where session_id = new.id and status = old.status;
    insert into session_state (session_id, status, previous_status, started_at)
      select new.id, new.status, old.status, ended_at from session_state where session_id = new.id and status = old.status;
  end if;
  return null;
end $$;
create trigger session_states_on_insert after insert on session for each row execute function keep_session_states();
create trigger session_states_on_change after update of status on session for each row
  when (old.status is distinct from new.status) execute function keep_session_states();

create function keep_session_sound() returns trigger
  language plpgsql as $$
begin
  if old.termination_reason is not null and new.termination_reason is distinct from old.termination_reason then
    raise exception 'the reason of an end never changes' using errcode = '23601',
      constraint = 'session_termination_reason_is_immutable';
  end if;
  if old.client_thumbprint is not null and new.client_thumbprint is distinct from old.client_thumbprint then
    raise exception 'a session is bound to one key' using errcode = '23601',
      constraint = 'session_client_thumbprint_is_immutable';
  end if;
  if new.expires_at < old.expires_at then
    raise exception 'a session''s life is never shortened' using errcode = '23601',
      constraint = 'session_expires_at_may_only_grow';
  end if;
  if new.status = 'terminated' and old.status <> 'terminated' then
    new.terminated_at := postern_now();
  end if;
  -- The version counts what a reader acts on; counters and references move without it.
  if (new.status, new.termination_reason, new.expires_at, new.client_thumbprint)
     is distinct from (old.status, old.termination_reason, old.expires_at, old.client_thumbprint) then
    new.version := old.version + 1;
    new.updated_at := postern_now();
  end if;
  return new;
end $$;
create trigger session_sound before update on session for each row execute function keep_session_sound();

create table session_connection (
  id public_id not null,
  session_id public_id not null,
  worker_id public_id,
  worker_name text not null,
  boot_id text not null,
  status text not null default 'authorized',
  client_address text not null,
  endpoint_address text,
  closed_reason text,
  bytes_up bigint not null default 0,
  bytes_down bigint not null default 0,
  created_at timestamptz(3) not null default postern_now(),
  connected_at timestamptz(3),
  closed_at timestamptz(3),
  reported_at timestamptz(3),
  constraint connection_id_must_be_unique primary key (id),
  constraint connection_session_must_exist foreign key (session_id) references session (id) on delete cascade,
  constraint connection_worker_must_exist foreign key (worker_id) references worker (id) on delete set null,
  constraint connection_status_must_be_known check (status in ('authorized', 'connected', 'closed')),
  constraint connection_closed_reason_must_be_known check (closed_reason in
    ('canceled', 'closed by client', 'closed by host', 'connect failed', 'network error', 'system error',
     'timed out', 'permission revoked', 'worker lost')),
  constraint connection_must_have_an_endpoint_once_connected check (status <> 'connected' or
    (endpoint_address is not null and connected_at is not null)),
  constraint connection_must_have_a_reason_once_closed check ((status = 'closed') = (closed_reason is not null)),
  constraint connection_must_have_a_time_of_its_end check ((status = 'closed') = (closed_at is not null)),
  constraint connection_bytes_must_not_be_negative check (bytes_up >= 0 and bytes_down >= 0)
);
create index session_connection_by_session on session_connection (session_id, created_at, id);
create index session_connection_open_by_worker on session_connection (worker_id, boot_id) where status <> 'closed';
create index session_connection_open_by_session on session_connection (session_id) where status <> 'closed';
create trigger session_connection_immutable before update on session_connection for each row
  execute function refuse_change_of_immutable_columns(
    'id', 'session_id', 'worker_name', 'boot_id', 'client_address', 'created_at');

create function keep_connection_sound() returns trigger
  language plpgsql as $$
begin
  if old.status = 'closed' and new.status is distinct from old.status
     or old.status = 'connected' and new.status = 'authorized' then
    raise exception 'a connection does not go from % to %', old.status, new.status
      using errcode = '23514', constraint = 'connection_status_must_follow_a_known_transition';
  end if;
  if new.bytes_up < old.bytes_up or new.bytes_down < old.bytes_down then
    raise exception 'bytes only grow' using errcode = '23514', constraint = 'connection_bytes_may_only_grow';
  end if;
  return new;
end $$;
create trigger session_connection_sound before update on session_connection for each row
  execute function keep_connection_sound();
`;
