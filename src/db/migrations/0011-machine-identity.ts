/**
 * Programs beside people, with tokens of their own; users and accounts that are disabled; and a token that says itself
 * for whom it speaks, so that it is found by its user and never outlives what it speaks by.
 */
export const machineIdentity = `
alter table iam_user
  add column type text not null default 'person',
  add column is_disabled boolean not null default false,
  add constraint user_type_must_be_known check (type in ('person', 'service')),
  add constraint user_built_in_cannot_be_disabled check (not is_disabled or id not in ('u_anon', 'u_auth', 'u_recovery'));
create or replace trigger user_immutable before update on iam_user for each row
  execute function refuse_change_of_immutable_columns('id', 'scope_id', 'type', 'created_at');

alter table account
  add column is_disabled boolean not null default false,
  add constraint account_id_and_user_must_be_unique unique (id, user_id);

create function refuse_account_of_service_user() returns trigger
  language plpgsql as $$
begin
  if exists (select from iam_user where id = new.user_id and type = 'service') then
    raise exception 'a service user has no accounts'
      using errcode = '23514', constraint = 'account_user_must_be_a_person';
  end if;
  return new;
end $$;
create trigger account_of_a_person before insert or update of user_id on account for each row
  when (new.user_id is not null) execute function refuse_account_of_service_user();

alter table auth_token
  add column type text not null default 'login',
  add column user_id public_id,
  add column name resource_name,
  add column description resource_description,
  add column is_read_only boolean not null default false,
  alter column account_id drop not null,
  alter column auth_method_id drop not null,
  alter column last_used_at drop not null,
  alter column idle_limit_seconds drop not null;
-- One whose account has lost its user spoke for nobody.
delete from auth_token t using account a where a.id = t.account_id and a.user_id is null;
update auth_token t set user_id = a.user_id from account a where a.id = t.account_id;
alter table auth_token
  alter column user_id set not null,
  add constraint auth_token_type_must_be_known check (type in ('login', 'api')),
  add constraint auth_token_must_be_of_an_account_or_have_a_name check (case type
    when 'login' then account_id is not null and auth_method_id is not null
      and last_used_at is not null and idle_limit_seconds is not null
    else account_id is null and auth_method_id is null and idle_limit_seconds is null and name is not null end),
  add constraint auth_token_api_must_expire_within_366_days
    check (type <> 'api' or expires_at <= created_at + interval '8784 hours'),
  drop constraint auth_token_account_must_exist,
  add constraint auth_token_must_speak_for_the_user_of_its_account foreign key (account_id, user_id)
    references account (id, user_id) on delete cascade,
  add constraint auth_token_must_be_in_the_scope_of_its_user foreign key (user_id, scope_id)
    references iam_user (id, scope_id) on delete cascade;
create index auth_token_by_user on auth_token (user_id);
create or replace trigger auth_token_immutable before update on auth_token for each row
  execute function refuse_change_of_immutable_columns('id', 'type', 'account_id', 'auth_method_id', 'user_id', 'scope_id',
    'secret_hash', 'is_read_only', 'created_at', 'expires_at');

-- The release before writes tokens without their user, and does not know who is disabled.
create function require_bearer_of_auth_token() returns trigger
  language plpgsql as $$
declare
  bearer constant text := (select type from iam_user where id = coalesce(
    new.user_id, (select user_id from account where id = new.account_id)));
begin
  new.user_id := coalesce(new.user_id, (select user_id from account where id = new.account_id));
  if exists (select from iam_user where id = new.user_id and is_disabled)
     or exists (select from account where id = new.account_id and is_disabled) then
    raise exception 'nobody signs in who is disabled'
      using errcode = '23514', constraint = 'auth_token_bearer_must_not_be_disabled';
  end if;
  if (bearer = 'service') <> (new.type = 'api') then
    raise exception 'tokens of the api are for service users, and they have no others'
      using errcode = '23514', constraint = 'auth_token_api_must_be_of_a_service_user';
  end if;
  return new;
end $$;
create trigger auth_token_bearer before insert on auth_token for each row
  execute function require_bearer_of_auth_token();
`;
