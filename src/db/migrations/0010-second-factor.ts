/**
 * A second factor of accounts: codes by time (TOTP), codes for when the phone is gone, and logins whose password was
 * right and that wait for a code. All of it goes with the factor, and the factor with its account.
 */
export const secondFactor = `
create table account_totp (
  account_id public_id not null,
  sealed_secret text not null,
  created_at timestamptz(3) not null default postern_now(),
  -- Null: it is not in force yet.
  confirmed_at timestamptz(3),
  -- Of the last code that was accepted; no code of it or of an earlier one is accepted again.
  last_step bigint not null default 0,
  -- Since the last right code, and when the last one was tried.
  wrong_codes integer not null default 0,
  tried_at timestamptz(3),
  constraint account_totp_must_be_one_each primary key (account_id),
  constraint account_totp_account_must_exist foreign key (account_id) references account (id) on delete cascade,
  constraint account_totp_wrong_codes_must_not_be_negative check (wrong_codes >= 0)
);

create table recovery_code (
  account_id public_id not null,
  code_hash bytea not null,
  constraint recovery_code_must_be_unique primary key (account_id, code_hash),
  constraint recovery_code_totp_must_exist foreign key (account_id) references account_totp (account_id) on delete cascade,
  constraint recovery_code_hash_must_be_sha256 check (octet_length(code_hash) = 32)
);

create table login_challenge (
  secret_hash bytea not null,
  account_id public_id not null,
  -- Of the hash of the password that was right: another password ends the challenge.
  password_digest bytea not null,
  tries integer not null default 0,
  created_at timestamptz(3) not null default postern_now(),
  expires_at timestamptz(3) not null,
  constraint login_challenge_must_be_unique primary key (secret_hash),
  constraint login_challenge_totp_must_exist foreign key (account_id) references account_totp (account_id) on delete cascade,
  constraint login_challenge_hash_must_be_sha256 check (octet_length(secret_hash) = 32),
  constraint login_challenge_password_digest_must_be_sha256 check (octet_length(password_digest) = 32),
  constraint login_challenge_must_expire_later check (expires_at > created_at)
);
create index login_challenge_by_account on login_challenge (account_id, created_at);
create index login_challenge_by_expiry on login_challenge (expires_at);
`;
