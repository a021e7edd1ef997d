/**
 * What the full life cycle of every resource needs: groups, aliases, tags of workers, bounds for addresses; a
 * version that counts changes beside the row; deletion under a session that is being ended; requests that may
 * be repeated; an audit that can be read where it belongs.
 */
export const lifeCycles = `
-- A writer of members or grants raises the version itself, because the row they belong to stays as it is.
create or replace function count_version() returns trigger
  language plpgsql as $$
declare
  is_raised constant boolean := new.version = old.version + 1;
begin
  new.version := old.version;
  new.updated_at := old.updated_at;
  if is_raised or new is distinct from old then
    new.version := old.version + 1;
    new.updated_at := postern_now();
  end if;
  return new;
end $$;

-- A session whose end is decided keeps nothing alive: what it hung on may go while its connections are cut.
alter table session drop constraint session_must_hang_on_what_exists_while_it_lives;
alter table session add constraint session_must_hang_on_what_exists_while_it_lives
  check (status in ('canceling', 'terminated') or
    (user_ref is not null and auth_token_ref is not null and project_ref is not null and target_ref is not null
     and (host_id is null) = (host_ref is null) and (host_set_id is null) = (host_set_ref is null)));

create table iam_group (
  id public_id not null,
  scope_id public_id not null,
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint group_id_must_be_unique primary key (id),
  constraint group_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint group_name_must_be_unique_in_its_scope unique (scope_id, name)
);
create index iam_group_by_age on iam_group (scope_id, created_at, id);
create trigger group_immutable before update on iam_group for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'created_at');
create trigger group_version before update on iam_group for each row execute function count_version();

create table group_member (
  group_id public_id not null,
  user_id public_id not null,
  constraint group_member_must_be_unique primary key (user_id, group_id),
  constraint group_member_group_must_exist foreign key (group_id) references iam_group (id) on delete cascade,
  constraint group_member_user_must_exist foreign key (user_id) references iam_user (id) on delete cascade,
  constraint group_member_must_not_be_recovery check (user_id <> 'u_recovery')
);
create index group_member_by_group on group_member (group_id);

-- A principal is a user or a group, told by its prefix, and goes with it.
alter table role_principal drop constraint role_principal_must_exist;
alter table role_principal
  add column user_id public_id generated always as (case when principal_id like 'u\\_%' then principal_id end) stored,
  add column group_id public_id generated always as (case when principal_id like 'g\\_%' then principal_id end) stored,
  add constraint role_principal_must_be_a_user_or_a_group check (user_id is not null or group_id is not null),
  add constraint role_principal_user_must_exist foreign key (user_id) references iam_user (id) on delete cascade,
  add constraint role_principal_group_must_exist foreign key (group_id) references iam_group (id) on delete cascade;
create index role_principal_by_user on role_principal (user_id) where user_id is not null;
create index role_principal_by_group on role_principal (group_id) where group_id is not null;
-- The text of a grant is its key, and a key fits into a third of a page. What is there already is left alone.
alter table role_grant add constraint role_grant_must_have_at_most_2048_bytes
  check (octet_length(canonical) <= 2048) not valid;
create index role_by_age on role (scope_id, created_at, id);
create index role_grant_scope_by_scope on role_grant_scope (grant_scope);
-- A scope that is gone is no grant scope any more.
create function forget_grant_scope() returns trigger
  language plpgsql as $$
begin
  delete from role_grant_scope where grant_scope = old.id;
  return null;
end $$;
create trigger scope_leaves_roles after delete on scope for each row execute function forget_grant_scope();

create table alias (
  id public_id not null,
  scope_id public_id not null default 'global',
  type text not null default 'target',
  name resource_name,
  description resource_description,
  value text not null,
  destination_id public_id,
  host_id public_id,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint alias_id_must_be_unique primary key (id),
  constraint alias_type_must_be_known check (type in ('target')),
  constraint alias_must_live_in_global check (scope_id = 'global'),
  constraint alias_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint alias_name_must_be_unique_in_its_scope unique (scope_id, name),
  constraint alias_value_must_be_a_dns_name check (
    length(value) between 1 and 253
    and value ~ '^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$'
    and value !~ '(^|\\.)[0-9]+$'),
  constraint alias_destination_must_exist foreign key (destination_id) references target (id) on delete set null,
  constraint alias_host_must_exist foreign key (host_id) references host (id) on delete set null,
  constraint alias_host_needs_a_destination check (host_id is null or destination_id is not null)
);
create unique index alias_value_must_be_unique on alias (lower(value));
create index alias_by_age on alias (scope_id, created_at, id);
create index alias_by_destination on alias (destination_id) where destination_id is not null;
create index alias_by_host on alias (host_id) where host_id is not null;
create function forget_host_of_alias() returns trigger
  language plpgsql as $$
begin
  if new.destination_id is null then
    new.host_id := null;
  end if;
  return new;
end $$;
create trigger alias_host before update of destination_id on alias for each row execute function forget_host_of_alias();
create trigger alias_immutable before update on alias for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'type', 'created_at');
create trigger alias_version before update on alias for each row execute function count_version();

alter table worker add column scope_id public_id not null default 'global';
create function count_version_of_worker() returns trigger
  language plpgsql as $$
declare
  is_raised constant boolean := new.version = old.version + 1;
begin
  -- What a worker reports of itself is no change that somebody made.
  new.version := old.version;
  new.updated_at := old.updated_at;
  if is_raised or (new.name, new.description) is distinct from (old.name, old.description) then
    new.version := old.version + 1;
    new.updated_at := postern_now();
  end if;
  return new;
end $$;
create trigger worker_version before update on worker for each row execute function count_version_of_worker();
create table worker_tag (
  worker_id public_id not null,
  source text not null,
  key text not null,
  value text not null,
  constraint worker_tag_must_be_unique primary key (worker_id, source, key, value),
  constraint worker_tag_worker_must_exist foreign key (worker_id) references worker (id) on delete cascade,
  constraint worker_tag_source_must_be_known check (source in ('config', 'api')),
  constraint tag_key_must_have_1_to_512_printable_characters
    check (length(key) between 1 and 512 and key = lower(key) and key !~ '[,[:cntrl:]]' and key = btrim(key)),
  constraint tag_value_must_have_1_to_512_printable_characters
    check (length(value) between 1 and 512 and value = lower(value) and value !~ '[,[:cntrl:]]' and value = btrim(value))
);

alter table target
  add column egress_worker_filter text,
  add constraint target_egress_worker_filter_must_have_1_to_2048_characters
    check (length(egress_worker_filter) between 1 and 2048);
alter table session add column egress_worker_filter text;

alter table scope
  add column address_allow text[],
  add column address_deny text[],
  add constraint scope_address_policy_is_no_business_of_projects
    check (type <> 'project' or (address_allow is null and address_deny is null));

create table made_once (
  holder text not null,
  key text not null,
  operation text not null,
  digest text not null,
  resource_id public_id not null,
  created_at timestamptz(3) not null default postern_now(),
  constraint made_once_must_be_one_each primary key (holder, key)
);
create index made_once_by_age on made_once (created_at);

create index auth_method_by_age on auth_method (scope_id, created_at, id);
create index account_by_age on account (auth_method_id, created_at, id);
create index auth_token_by_age on auth_token (scope_id, created_at, id);

-- An entry stands in the scope of what it is about, in global where that is not known. The scope may be gone by
-- the time it is read, so its parent is kept beside it. Its public id does not tell how much else is audited.
alter table audit
  add column public_id public_id not null default 'ae_' || substr(md5(gen_random_uuid()::text), 1, 20),
  add column actor_name text,
  add column scope_parent_id text,
  add constraint audit_public_id_must_be_unique unique (public_id);
update audit a set scope_id = coalesce(scope_id, 'global'),
  scope_parent_id = (select parent_id from scope s where s.id = a.scope_id);
alter table audit alter column scope_id set not null;
create function place_audit_entry() returns trigger
  language plpgsql as $$
begin
  new.scope_id := coalesce(new.scope_id, 'global');
  new.scope_parent_id := (select parent_id from scope where id = new.scope_id);
  return new;
end $$;
create trigger audit_place before insert on audit for each row execute function place_audit_entry();
drop index audit_by_time;
create index audit_by_time on audit (at, public_id);
create index audit_by_scope on audit (scope_id, at, public_id);
create index audit_by_scope_parent on audit (scope_parent_id, at, public_id) where scope_parent_id is not null;
create index audit_by_actor on audit (actor_id, at, public_id);
create index audit_by_request on audit (request_id);
`;
