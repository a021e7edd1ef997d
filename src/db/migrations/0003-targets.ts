/** What can be reached, and through whom. */
export const targets = `
create table host_catalog (
  id public_id not null,
  scope_id public_id not null,
  type text not null default 'static',
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint host_catalog_id_must_be_unique primary key (id),
  constraint host_catalog_type_must_be_known check (type in ('static')),
  constraint host_catalog_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint host_catalog_must_live_in_a_project check (scope_id like 'p\\_%'),
  constraint host_catalog_id_and_scope_must_be_unique unique (id, scope_id),
  constraint host_catalog_name_must_be_unique_in_its_project unique (scope_id, name)
);
create index host_catalog_by_age on host_catalog (scope_id, created_at, id);
create trigger host_catalog_immutable before update on host_catalog for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'type', 'created_at');
create trigger host_catalog_version before update on host_catalog for each row execute function count_version();

create domain network_address as text
  constraint address_must_be_a_host_name_or_ip_without_a_port
    check (value = btrim(value) and length(value) between 3 and 255
      and (value ~ '^[A-Za-z0-9._-]+$' or value ~ '^[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*$'));

create table host (
  id public_id not null,
  host_catalog_id public_id not null,
  scope_id public_id not null,
  type text not null default 'static',
  name resource_name,
  description resource_description,
  address network_address not null,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint host_id_must_be_unique primary key (id),
  constraint host_catalog_must_exist foreign key (host_catalog_id, scope_id)
    references host_catalog (id, scope_id) on delete cascade,
  constraint host_id_and_catalog_must_be_unique unique (id, host_catalog_id),
  constraint host_name_must_be_unique_in_its_catalog unique (host_catalog_id, name)
);
create index host_by_age on host (host_catalog_id, created_at, id);
create trigger host_immutable before update on host for each row
  execute function refuse_change_of_immutable_columns('id', 'host_catalog_id', 'scope_id', 'type', 'created_at');
create trigger host_version before update on host for each row execute function count_version();

create table host_set (
  id public_id not null,
  host_catalog_id public_id not null,
  scope_id public_id not null,
  type text not null default 'static',
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint host_set_id_must_be_unique primary key (id),
  constraint host_set_catalog_must_exist foreign key (host_catalog_id, scope_id)
    references host_catalog (id, scope_id) on delete cascade,
  constraint host_set_id_and_catalog_must_be_unique unique (id, host_catalog_id),
  constraint host_set_id_and_scope_must_be_unique unique (id, scope_id),
  constraint host_set_name_must_be_unique_in_its_catalog unique (host_catalog_id, name)
);
create index host_set_by_age on host_set (host_catalog_id, created_at, id);
create trigger host_set_immutable before update on host_set for each row
  execute function refuse_change_of_immutable_columns('id', 'host_catalog_id', 'scope_id', 'type', 'created_at');
create trigger host_set_version before update on host_set for each row execute function count_version();

create table host_set_member (
  host_set_id public_id not null,
  host_id public_id not null,
  host_catalog_id public_id not null,
  constraint host_set_member_must_be_unique primary key (host_set_id, host_id),
  constraint host_set_member_set_must_be_of_its_catalog foreign key (host_set_id, host_catalog_id)
    references host_set (id, host_catalog_id) on delete cascade,
  constraint host_set_member_host_must_be_of_the_same_catalog foreign key (host_id, host_catalog_id)
    references host (id, host_catalog_id) on delete cascade
);
create index host_set_member_by_host on host_set_member (host_id);

create table target (
  id public_id not null,
  scope_id public_id not null,
  type text not null default 'tcp',
  name resource_name not null,
  description resource_description,
  address network_address,
  default_port integer not null,
  default_client_port integer,
  session_max_seconds integer not null default 28800,
  session_connection_limit integer not null default -1,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint target_id_must_be_unique primary key (id),
  constraint target_type_must_be_known check (type in ('tcp')),
  constraint target_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint target_must_live_in_a_project check (scope_id like 'p\\_%'),
  constraint target_id_and_scope_must_be_unique unique (id, scope_id),
  constraint target_name_must_be_unique_in_its_project unique (scope_id, name),
  constraint target_default_port_must_be_1_to_65535 check (default_port between 1 and 65535),
  constraint target_default_client_port_must_be_1_to_65535 check (default_client_port between 1 and 65535),
  constraint target_session_max_seconds_must_be_positive check (session_max_seconds > 0),
  constraint target_session_connection_limit_must_be_positive_or_minus_1
    check (session_connection_limit = -1 or session_connection_limit > 0)
);
create index target_by_age on target (scope_id, created_at, id);
create trigger target_immutable before update on target for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'type', 'created_at');
create trigger target_version before update on target for each row execute function count_version();

create table target_host_source (
  target_id public_id not null,
  host_set_id public_id not null,
  scope_id public_id not null,
  constraint target_host_source_must_be_unique primary key (target_id, host_set_id),
  constraint target_host_source_target_must_exist foreign key (target_id, scope_id)
    references target (id, scope_id) on delete cascade,
  constraint target_host_source_must_be_in_the_same_project foreign key (host_set_id, scope_id)
    references host_set (id, scope_id) on delete cascade
);
create index target_host_source_by_host_set on target_host_source (host_set_id);

create function refuse_address_beside_host_sources() returns trigger
  language plpgsql as $$
begin
  -- The target's row is locked by both writers, so the two cannot pass each other.
  if tg_table_name = 'target' then
    if new.address is not null and exists (select from target_host_source s where s.target_id = new.id) then
      raise exception 'a target has an address or host sources' using errcode = '23514',
        constraint = 'target_must_have_an_address_or_host_sources_not_both';
    end if;
  elsif (select address from target where id = new.target_id for no key update) is not null then
    raise exception 'a target has an address or host sources' using errcode = '23514',
      constraint = 'target_must_have_an_address_or_host_sources_not_both';
  end if;
  return new;
end $$;
create trigger target_address_or_sources before update of address on target for each row
  execute function refuse_address_beside_host_sources();
create trigger target_sources_or_address before insert on target_host_source for each row
  execute function refuse_address_beside_host_sources();

create table worker (
  id public_id not null,
  name resource_name not null,
  description resource_description,
  type text not null default 'built-in',
  address text not null,
  thumbprint text not null,
  sealed_private_key text,
  boot_id text not null,
  release_version text,
  last_seen_at timestamptz(3) not null default postern_now(),
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint worker_id_must_be_unique primary key (id),
  constraint worker_name_must_be_unique unique (name),
  constraint worker_type_must_be_known check (type in ('built-in')),
  constraint worker_thumbprint_must_be_sha256 check (thumbprint ~ '^[A-Za-z0-9_-]{43}$')
);
create trigger worker_immutable before update on worker for each row
  execute function refuse_change_of_immutable_columns('id', 'name', 'type', 'created_at');
`;
