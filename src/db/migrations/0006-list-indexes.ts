/**
 * Lists are read along an index in each of their orders: of a scope, or of all scopes where the caller sees all.
 * What holds a few hundred rows in one place is sorted instead. A name is indexed by the expression that the
 * list sorts by, which sets the nameless last; downward that is another one.
 */
export const listIndexes = `
create index scope_by_parent on scope (parent_id, created_at, id);

create index iam_user_by_change on iam_user (scope_id, updated_at, id);
create index iam_user_by_name on iam_user (scope_id, (coalesce('0' || name, '1') collate "C"), id);
create index iam_user_by_name_down on iam_user (scope_id, (coalesce('1' || name, '0') collate "C"), id);
create index iam_user_anywhere_by_age on iam_user (created_at, id);
create index iam_user_anywhere_by_change on iam_user (updated_at, id);
create index iam_user_anywhere_by_name on iam_user ((coalesce('0' || name, '1') collate "C"), id);
create index iam_user_anywhere_by_name_down on iam_user ((coalesce('1' || name, '0') collate "C"), id);

create index host_by_change on host (host_catalog_id, updated_at, id);
create index host_by_name on host (host_catalog_id, (coalesce('0' || name, '1') collate "C"), id);
create index host_by_name_down on host (host_catalog_id, (coalesce('1' || name, '0') collate "C"), id);

create index target_by_change on target (scope_id, updated_at, id);
create index target_by_name on target (scope_id, (coalesce('0' || name, '1') collate "C"), id);
create index target_by_name_down on target (scope_id, (coalesce('1' || name, '0') collate "C"), id);
create index target_anywhere_by_age on target (created_at, id);
create index target_anywhere_by_change on target (updated_at, id);
create index target_anywhere_by_name on target ((coalesce('0' || name, '1') collate "C"), id);
create index target_anywhere_by_name_down on target ((coalesce('1' || name, '0') collate "C"), id);
create index target_by_any_case on target (lower(name));

create index session_by_org on session (org_id, created_at, id);
create index session_by_change on session (updated_at, id);
create index session_by_expiry on session (expires_at, id);
`;
