/**
 * The tables, once and whole, those of later steps too (`->` is a foreign key):
 *
 *   scope -> scope                                the tree: global, orgs, projects
 *   auth_method -> scope                          account -> auth_method, iam_user; account_password -> account
 *   iam_user -> scope                             auth_token -> account
 *   iam_group -> scope                            group_member -> iam_group, iam_user
 *   role -> scope                                 role_principal -> role, iam_user, iam_group; role_grant, role_grant_scope -> role
 *   host_catalog -> scope                         host, host_set -> host_catalog; host_set_member -> host_set, host
 *   target -> scope                               target_host_source -> target, host_set
 *   alias -> scope; target, host (SET NULL)       worker; worker_tag -> worker
 *   session -> (what it hangs on, SET NULL)       session_state -> session
 *   session_connection -> session, worker         event_inbox, event, audit: append-only, no foreign keys
 *   config_address                                what a configuration made: address -> id
 *   made_once                                     what a request with a key made, for 24 hours: holder, key -> id
 *   root_key                                      which root key this database belongs to
 *   data_key -> scope                             credential_store -> scope; credential -> credential_store
 *   credential_secret -> credential, data_key     target_credential_source -> target, credential
 *
 * Every constraint is named for its rule; the name, read as a sentence, is the error a client sees.
 */
export const foundation = `
create function postern_now() returns timestamptz
  language sql stable parallel safe
  as $$ select date_trunc('milliseconds', statement_timestamp()
               + coalesce(nullif(current_setting('postern.clock_shift', true), ''), '0')::interval) $$;
comment on function postern_now() is
  'The one time that is stored and that expiry is tested by; a test may shift it by the setting postern.clock_shift.';

create function rfc3339(at timestamptz) returns text
  language sql stable parallel safe
  as $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

create function refuse_change_of_immutable_columns() returns trigger
  language plpgsql as $$
declare
  was jsonb := to_jsonb(old);
  becomes jsonb := to_jsonb(new);
  name text;
begin
  foreach name in array tg_argv loop
    if was -> name is distinct from becomes -> name then
      raise exception '% of % is immutable', name, tg_table_name
        using errcode = '23601', constraint = tg_table_name || '_' || name || '_is_immutable';
    end if;
  end loop;
  return new;
end $$;

create function count_version() returns trigger
  language plpgsql as $$
begin
  new.version := old.version;
  new.updated_at := old.updated_at;
  if new is distinct from old then
    new.version := old.version + 1;
    new.updated_at := postern_now();
  end if;
  return new;
end $$;

create domain public_id as text
  constraint public_id_must_have_its_shape check (value = 'global' or value ~ '^[a-z]+_[A-Za-z0-9]{4,64}$');
create domain resource_name as text
  constraint name_must_have_1_to_128_printable_characters
    check (value = btrim(value) and length(value) between 1 and 128 and value !~ '[[:cntrl:]]');
create domain resource_description as text
  constraint description_must_have_1_to_1024_characters
    check (value = btrim(value) and length(value) between 1 and 1024 and value !~ '[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]');

create table root_key (
  fingerprint text not null,
  created_at timestamptz(3) not null default postern_now(),
  is_present boolean not null default true,
  constraint root_key_must_be_unique primary key (fingerprint),
  constraint root_key_must_be_one_at_a_time unique (is_present)
);

create table scope (
  id public_id not null,
  type text not null,
  parent_id public_id,
  parent_type text,
  name resource_name,
  description resource_description,
  primary_auth_method_id public_id,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint scope_id_must_be_unique primary key (id),
  constraint scope_type_must_be_known check (type in ('global', 'org', 'project')),
  constraint scope_must_have_a_parent_unless_global check ((type = 'global') = (parent_id is null)),
  constraint scope_parent_type_must_follow_from_its_type check
    (parent_type is not distinct from (case type when 'org' then 'global' when 'project' then 'org' end)),
  constraint scope_global_must_be_one check ((type = 'global') = (id = 'global')),
  constraint scope_id_and_type_must_be_unique unique (id, type),
  constraint scope_parent_must_be_one_level_up foreign key (parent_id, parent_type)
    references scope (id, type) on delete cascade,
  constraint scope_name_must_be_unique_in_its_parent unique (parent_id, name),
  constraint scope_project_has_no_auth_method check (type <> 'project' or primary_auth_method_id is null)
);
create function derive_parent_type() returns trigger
  language plpgsql as $$
begin
  new.parent_type := case new.type when 'org' then 'global' when 'project' then 'org' end;
  return new;
end $$;
create trigger scope_parent_type before insert on scope for each row execute function derive_parent_type();
create index scope_by_age on scope (created_at, id);
create trigger scope_immutable before update on scope for each row
  execute function refuse_change_of_immutable_columns('id', 'type', 'parent_id', 'created_at');
create trigger scope_version before update on scope for each row execute function count_version();

create function refuse_deletion_of_global() returns trigger
  language plpgsql as $$
begin
  raise exception 'the global scope cannot be deleted'
    using errcode = '23601', constraint = 'scope_global_cannot_be_deleted';
end $$;
create trigger scope_global_stays before delete on scope for each row when (old.id = 'global')
  execute function refuse_deletion_of_global();

insert into scope (id, type, name, description) values ('global', 'global', 'global', 'Global Scope');
`;
