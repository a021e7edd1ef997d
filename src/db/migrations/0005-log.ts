/**
 * What happened. Facts are appended to event_inbox in the transaction of the change and numbered by one
 * statement at a time, so that the order of `event.id` is the order in which readers may see them and no
 * committed fact is ever skipped. Audit rows stand apart: they outlive the stream.
 */
export const log = `
create table event_inbox (
  seq bigint generated always as identity,
  at timestamptz(3) not null default postern_now(),
  kind text not null,
  subject_id text not null,
  scope_id text not null,
  revision integer not null,
  body jsonb not null,
  constraint event_inbox_seq_must_be_unique primary key (seq)
);

create sequence event_id_seq;
create table event (
  id bigint not null,
  nonce text not null default substr(md5(gen_random_uuid()::text), 1, 12),
  at timestamptz(3) not null,
  kind text not null,
  subject_id text not null,
  scope_id text not null,
  revision integer not null,
  body jsonb not null,
  constraint event_id_must_be_unique primary key (id)
) partition by range (id);

create table event_log (
  epoch text not null default substr(md5(gen_random_uuid()::text), 1, 12),
  is_present boolean not null default true,
  constraint event_log_must_be_one primary key (is_present),
  constraint event_log_is_present check (is_present)
);
insert into event_log default values;

create function ensure_event_partition(of_id bigint) returns void
  language plpgsql as $$
declare
  width constant bigint := 1000000;
  first bigint := of_id / width * width;
begin
  if to_regclass('event_' || first) is null then
    execute format('create table if not exists event_%s partition of event for values from (%s) to (%s)',
                   first, first, first + width);
  end if;
end $$;
select ensure_event_partition(0), ensure_event_partition(1000000);

create function number_events(most integer) returns bigint
  language plpgsql as $$
declare
  last bigint;
begin
  -- One numberer at a time in the whole cluster; whoever finds it busy leaves the work to it.
  if not pg_try_advisory_xact_lock(7703415001) then
    return null;
  end if;
  with moved as (
    delete from event_inbox where seq in (select seq from event_inbox order by seq limit most) returning *
  )
  insert into event (id, at, kind, subject_id, scope_id, revision, body)
    select nextval('event_id_seq'), at, kind, subject_id, scope_id, revision, body
    from (select * from moved order by seq) as sorted;
  select last_value into last from event_id_seq;
  return last;
end $$;

create table audit (
  id bigint generated always as identity,
  at timestamptz(3) not null default postern_now(),
  request_id text not null,
  actor_kind text not null,
  actor_id text not null,
  client_address text,
  operation text not null,
  resource_type text,
  resource_id text,
  scope_id text,
  outcome text not null,
  error_code text,
  denial_id text,
  comment text,
  before jsonb,
  after jsonb,
  constraint audit_id_must_be_unique primary key (id),
  constraint audit_outcome_must_be_known check (outcome in ('done', 'refused', 'failed')),
  constraint audit_must_say_why_it_was_not_done check ((outcome = 'done') = (error_code is null))
);
create index audit_by_time on audit (at, id);
create index audit_by_resource on audit (resource_id, id) where resource_id is not null;
create index audit_by_denial on audit (denial_id) where denial_id is not null;

create table config_address (
  manager text not null,
  address text not null,
  resource_id public_id not null,
  created_at timestamptz(3) not null default postern_now(),
  constraint config_address_must_be_unique primary key (manager, address)
);
`;
