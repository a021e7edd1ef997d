/**
 * Losing permission ends sessions. A session keeps up to which event its access was judged, and what it stood on
 * then: the roles that allowed it and the groups by which its user held them. One row says how far the log has been
 * judged. The place before everything is of no log, so that whatever lives is judged at the first look.
 */
export const permissionLoss = `
alter table target
  add column on_permission_loss text not null default 'cancel',
  add constraint target_on_permission_loss_must_be_known check (on_permission_loss in ('cancel', 'keep'));

-- Null where an older release wrote it: nobody knows what it was judged by.
alter table session
  add column access_event_id bigint,
  add column held_by text[] not null default '{}';
-- Written with each session and looked up at each change of a role: neither may wait for a list to be sorted in.
create index session_live_by_holder on session using gin (held_by) with (fastupdate = off)
  where status in ('pending', 'active');

create table session_judge (
  is_present boolean not null default true,
  epoch text not null default '',
  event_id bigint not null default 0,
  nonce text not null default '',
  access_event_id bigint not null default 0,
  all_after text default '',
  constraint session_judge_must_be_one primary key (is_present),
  constraint session_judge_is_present check (is_present)
);
insert into session_judge default values;
`;
