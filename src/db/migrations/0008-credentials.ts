/**
 * Credentials and the keys they are sealed under. A secret lies in a row of its own, which no list and no
 * entity reads; it is sealed under a data key of its scope, and that is wrapped by the root key.
 */
export const credentials = `
create table data_key (
  id public_id not null,
  scope_id public_id not null,
  purpose text not null,
  key_version integer not null,
  wrapped_key text not null,
  created_at timestamptz(3) not null default postern_now(),
  constraint data_key_id_must_be_unique primary key (id),
  constraint data_key_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint data_key_purpose_must_be_known check (purpose in ('seal', 'hmac')),
  constraint data_key_version_must_be_positive check (key_version > 0),
  constraint data_key_version_must_be_unique_in_its_scope unique (scope_id, purpose, key_version)
);
create trigger data_key_immutable before update on data_key for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'purpose', 'key_version', 'created_at');

create table credential_store (
  id public_id not null,
  scope_id public_id not null,
  type text not null default 'static',
  name resource_name,
  description resource_description,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint credential_store_id_must_be_unique primary key (id),
  constraint credential_store_type_must_be_known check (type in ('static')),
  constraint credential_store_scope_must_exist foreign key (scope_id) references scope (id) on delete cascade,
  constraint credential_store_must_live_in_a_project check (scope_id like 'p\\_%'),
  constraint credential_store_id_and_scope_must_be_unique unique (id, scope_id),
  constraint credential_store_name_must_be_unique_in_its_project unique (scope_id, name)
);
create index credential_store_by_age on credential_store (scope_id, created_at, id);
create trigger credential_store_immutable before update on credential_store for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'type', 'created_at');
create trigger credential_store_version before update on credential_store for each row execute function count_version();

-- What is not secret of a credential. Each keyed hash changes with the secret part it stands for and tells nothing else.
create table credential (
  id public_id not null,
  credential_store_id public_id not null,
  scope_id public_id not null,
  type text not null,
  name resource_name,
  description resource_description,
  username text,
  domain text,
  password_hmac text,
  private_key_hmac text,
  private_key_passphrase_hmac text,
  object_hmac text,
  created_at timestamptz(3) not null default postern_now(),
  updated_at timestamptz(3) not null default postern_now(),
  version integer not null default 1,
  constraint credential_id_must_be_unique primary key (id),
  constraint credential_store_must_exist foreign key (credential_store_id, scope_id)
    references credential_store (id, scope_id) on delete cascade,
  constraint credential_type_must_be_known check
    (type in ('username_password', 'username_password_domain', 'password', 'ssh_private_key', 'json')),
  constraint credential_id_and_scope_must_be_unique unique (id, scope_id),
  constraint credential_name_must_be_unique_in_its_store unique (credential_store_id, name),
  constraint credential_username_must_go_with_its_type check
    ((username is not null) = (type in ('username_password', 'username_password_domain', 'ssh_private_key'))),
  constraint credential_username_must_have_1_to_256_printable_characters
    check (length(username) between 1 and 256 and username !~ '[[:cntrl:]]'),
  constraint credential_domain_must_go_with_its_type check
    ((domain is not null) = (type = 'username_password_domain')),
  constraint credential_domain_must_have_1_to_256_printable_characters
    check (length(domain) between 1 and 256 and domain !~ '[[:cntrl:]]'),
  constraint credential_hmacs_must_go_with_its_type check (
    (password_hmac is not null) = (type in ('username_password', 'username_password_domain', 'password'))
    and (private_key_hmac is not null) = (type = 'ssh_private_key')
    and (private_key_passphrase_hmac is null or type = 'ssh_private_key')
    and (object_hmac is not null) = (type = 'json'))
);
create index credential_by_age on credential (credential_store_id, created_at, id);
create trigger credential_immutable before update on credential for each row
  execute function refuse_change_of_immutable_columns('id', 'credential_store_id', 'scope_id', 'type', 'created_at');
create trigger credential_version before update on credential for each row execute function count_version();

create table credential_secret (
  credential_id public_id not null,
  data_key_id public_id not null,
  sealed text not null,
  constraint credential_secret_must_be_one_each primary key (credential_id),
  constraint credential_secret_credential_must_exist foreign key (credential_id) references credential (id) on delete cascade,
  -- Looked at last, because a project goes with its keys and its credentials, in no order.
  constraint credential_secret_data_key_must_exist foreign key (data_key_id) references data_key (id)
    deferrable initially deferred
);
create index credential_secret_by_data_key on credential_secret (data_key_id, credential_id);

create table target_credential_source (
  target_id public_id not null,
  credential_id public_id not null,
  scope_id public_id not null,
  purpose text not null default 'brokered',
  constraint target_credential_source_must_be_unique primary key (target_id, credential_id, purpose),
  constraint target_credential_source_purpose_must_be_known check (purpose in ('brokered')),
  constraint target_credential_source_target_must_exist foreign key (target_id, scope_id)
    references target (id, scope_id) on delete cascade,
  constraint target_credential_source_must_be_in_the_same_project foreign key (credential_id, scope_id)
    references credential (id, scope_id) on delete cascade
);
create index target_credential_source_by_credential on target_credential_source (credential_id);
`;
