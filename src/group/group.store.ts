import type { Reader, Tx } from '../core/tx.js';
import { Group } from './group.entity.js';

export const groupColumns = `g.*, s.parent_id as scope_parent_id,
  array(select m.user_id::text from group_member m where m.group_id = g.id order by 1) as member_ids`;
export const groupTables = 'iam_group g join scope s on s.id = g.scope_id';

export async function findGroups(reader: Reader, ids: readonly string[]): Promise<Group[]> {
  return reader.rows(Group, `select ${groupColumns} from ${groupTables} where g.id = any($1::text[])`, [ids]);
}

/** Puts users into a group. */
export async function insertGroupMembers(tx: Tx, groupId: string, userIds: readonly string[]): Promise<void> {
  await tx.query('insert into group_member (group_id, user_id) select $1, unnest($2::text[])', [
    groupId,
    userIds,
  ]);
}

/** Takes users out of a group. */
export async function deleteGroupMembers(tx: Tx, groupId: string, userIds: readonly string[]): Promise<void> {
  await tx.query('delete from group_member where group_id = $1 and user_id = any($2::text[])', [
    groupId,
    userIds,
  ]);
}
