/** Who may come in, as whom, and what they may do. */
export const identity = `
create table auth_method (
  id public_id not null,
  scope_id public_id not null,
  type text not null default 'password',
  name resource_name,
  description resource_description,
  min_login_name_length integer not null default 3,
  min_password_length integer not null default 8,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint auth_method_id_must_be_unique primary key (id),
  constraint auth_method_type_must_be_known check (type in ('password')),
  constraint auth_method_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint auth_method_must_not_live_in_a_project check (scope_id = 'global' or scope_id like 'o\\_%'),
  constraint auth_method_id_and_scope_must_be_unique unique (id, scope_id),
  constraint auth_method_name_must_be_unique_in_its_scope unique (scope_id, name),
  constraint auth_method_min_login_name_length_must_be_1_to_128 check (min_login_name_length between 1 and 128),
  constraint auth_method_min_password_length_must_be_1_to_1024 check (min_password_length between 1 and 1024)
);
create trigger auth_method_immutable before update on auth_method for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'type', 'created_at');
create trigger auth_method_version before update on auth_method for each row execute function count_version();

alter table scope add constraint scope_primary_auth_method_must_be_its_own
  foreign key (primary_auth_method_id, id) references auth_method (id, scope_id)
  on delete set null (primary_auth_method_id);

create table iam_user (
  id public_id not null,
  scope_id public_id not null,
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint user_id_must_be_unique primary key (id),
  constraint user_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint user_must_not_live_in_a_project check (scope_id = 'global' or scope_id like 'o\\_%'),
  constraint user_id_and_scope_must_be_unique unique (id, scope_id),
  constraint user_name_must_be_unique_in_its_scope unique (scope_id, name)
);
create index iam_user_by_age on iam_user (scope_id, created_at, id);
create trigger user_immutable before update on iam_user for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'created_at');
create trigger user_version before update on iam_user for each row execute function count_version();

insert into iam_user (id, scope_id, name, description) values
  ('u_anon', 'global', 'anonymous', 'Everybody, signed in or not'),
  ('u_auth', 'global', 'authenticated', 'Everybody who is signed in'),
  ('u_recovery', 'global', 'recovery', 'The recovery key''s holder');

create function refuse_deletion_of_built_in_user() returns trigger
  language plpgsql as $$
begin
  raise exception 'a built-in user cannot be deleted'
    using errcode = '23601', constraint = 'user_built_in_cannot_be_deleted';
end $$;
create trigger user_built_in_stays before delete on iam_user for each row
  when (old.id in ('u_anon', 'u_auth', 'u_recovery')) execute function refuse_deletion_of_built_in_user();

create table account (
  id public_id not null,
  auth_method_id public_id not null,
  scope_id public_id not null,
  user_id public_id,
  type text not null default 'password',
  login_name text not null,
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint account_id_must_be_unique primary key (id),
  constraint account_type_must_be_known check (type in ('password')),
  constraint account_auth_method_must_exist foreign key (auth_method_id, scope_id)
    references auth_method (id, scope_id) on delete cascade,
  constraint account_user_must_be_in_the_same_scope foreign key (user_id, scope_id)
    references iam_user (id, scope_id) on delete set null (user_id),
  constraint account_login_name_must_be_unique_in_its_auth_method unique (auth_method_id, login_name),
  constraint account_name_must_be_unique_in_its_auth_method unique (auth_method_id, name),
  constraint account_must_be_the_only_one_of_its_user_in_its_auth_method unique (auth_method_id, user_id),
  constraint account_login_name_may_hold_a_to_z_digits_dot_and_dash check (login_name ~ '^[a-z0-9.-]{1,128}$')
);
create index account_by_user on account (user_id);
create trigger account_immutable before update on account for each row
  execute function refuse_change_of_immutable_columns('id', 'auth_method_id', 'scope_id', 'type', 'created_at');
create trigger account_version before update on account for each row execute function count_version();

create table account_password (
  account_id public_id not null,
  hash text not null,
  updated_at timestamptz(3) not null default postern_now(),
  constraint account_password_must_be_one_each primary key (account_id),
  constraint account_password_account_must_exist foreign key (account_id) references account (id) on delete cascade,
  constraint account_password_must_be_argon2id check (hash like '$argon2id$%')
);

create table auth_token (
  id public_id not null,
  account_id public_id not null,
  auth_method_id public_id not null,
  scope_id public_id not null,
  secret_hash bytea not null,
  created_at timestamptz(3) not null default postern_now(),
  expires_at timestamptz(3) not null,
  last_used_at timestamptz(3) not null default postern_now(),
  idle_limit_seconds integer not null,
  constraint auth_token_id_must_be_unique primary key (id),
  constraint auth_token_account_must_exist foreign key (account_id) references account (id) on delete cascade,
  constraint auth_token_hash_must_be_sha256 check (octet_length(secret_hash) = 32),
  constraint auth_token_must_expire_later check (expires_at > created_at),
  constraint auth_token_idle_limit_must_be_positive check (idle_limit_seconds > 0)
);
create index auth_token_by_account on auth_token (account_id);
create index auth_token_by_expiry on auth_token (expires_at);
create trigger auth_token_immutable before update on auth_token for each row
  execute function refuse_change_of_immutable_columns(
    'id', 'account_id', 'auth_method_id', 'scope_id', 'secret_hash', 'created_at', 'expires_at');

create table role (
  id public_id not null,
  scope_id public_id not null,
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint role_id_must_be_unique primary key (id),
  constraint role_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint role_name_must_be_unique_in_its_scope unique (scope_id, name)
);
create trigger role_immutable before update on role for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'created_at');
create trigger role_version before update on role for each row execute function count_version();

create table role_principal (
  role_id public_id not null,
  principal_id public_id not null,
  constraint role_principal_must_be_unique primary key (principal_id, role_id),
  constraint role_principal_role_must_exist foreign key (role_id) references role (id) on delete cascade,
  constraint role_principal_must_exist foreign key (principal_id) references iam_user (id) on delete cascade,
  constraint role_principal_must_not_be_recovery check (principal_id <> 'u_recovery')
);
create index role_principal_by_role on role_principal (role_id);

create table role_grant (
  role_id public_id not null,
  canonical text not null,
  raw text not null,
  constraint role_grant_must_be_unique primary key (role_id, canonical),
  constraint role_grant_role_must_exist foreign key (role_id) references role (id) on delete cascade
);

create table role_grant_scope (
  role_id public_id not null,
  grant_scope text not null,
  constraint role_grant_scope_must_be_unique primary key (role_id, grant_scope),
  constraint role_grant_scope_role_must_exist foreign key (role_id) references role (id) on delete cascade,
  constraint role_grant_scope_must_be_known
    check (grant_scope in ('this', 'children', 'descendants') or grant_scope ~ '^[op]_[A-Za-z0-9]+$')
);
`;
