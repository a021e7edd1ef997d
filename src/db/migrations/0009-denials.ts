/**
 * What was refused, to whom, and on what it was asked, so that it can be explained to whom a denial is shown. Kept
 * for a while only. No foreign keys: what it is about may be gone, or was never there.
 */
export const denials = `
create table denial (
  id public_id not null,
  at timestamptz(3) not null,
  request_id text not null,
  actor_kind text not null,
  user_id text,
  user_name text,
  account_id text,
  code text not null,
  action text not null,
  resource_type text not null,
  resource_id text,
  scope_id text,
  asked_on jsonb,
  reason text,
  constraint denial_id_must_be_unique primary key (id),
  constraint denial_code_must_be_known check (code in ('FORBIDDEN', 'NOT_FOUND'))
);
create index denial_by_time on denial (at);
`;
