import type { ListPermission } from '../core/acl.js';
import type { Reader, Tx } from '../core/tx.js';
import { listPredicate, Params, type ListColumns } from '../grant/list-predicate.js';
import { Target } from './target.entity.js';

const lists = `
  array(select hs.host_set_id::text from target_host_source hs where hs.target_id = t.id order by 1) as host_source_ids,
  array(select cs.credential_id::text from target_credential_source cs where cs.target_id = t.id order by 1)
    as brokered_credential_source_ids,
  coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'value', a.value) order by lower(a.value))
    from alias a where a.destination_id = t.id), '[]') as aliases`;
/** A target as lists select it: what it goes by and is called by costs more than all the rest, see `findTargetLists`. */
export const targetRow = 't.*, s.parent_id as scope_parent_id';
export const targetColumns = `${targetRow}, ${lists}`;
export const targetTables = 'target t join scope s on s.id = t.scope_id';

export async function findTargets(reader: Reader, ids: readonly string[]): Promise<Target[]> {
  return reader.rows(Target, `select ${targetColumns} from ${targetTables} where t.id = any($1::text[])`, [
    ids,
  ]);
}

/**
 * The target of that id, or the one that the alias stands for. One statement either way, so that an alias that
 * leads nowhere takes as long as a target that is missing.
 */
export async function findTarget(reader: Reader, idOrAlias: string): Promise<Target | null> {
  const alias = 'from alias n where lower(n.value) = lower($1)';
  const [row] = await reader.rows(
    Target,
    `select ${targetColumns}, (select n.host_id ${alias}) as alias_host_id from ${targetTables}
     where t.id = coalesce((select n.destination_id::text ${alias}), $1)`,
    [idOrAlias],
  );
  return row ?? null;
}

/** What a permission is compared with in a query of targets. */
export const targetPlace: ListColumns = { id: 't.id', scopeId: 't.scope_id', scopeParentId: 's.parent_id' };

/** Targets without their lists. */
export async function findTargetRows(reader: Reader, ids: readonly string[]): Promise<Target[]> {
  return reader.rows(Target, `select ${targetRow} from ${targetTables} where t.id = any($1::text[])`, [ids]);
}

/** What those targets go by and are called by. */
export async function findTargetLists(
  reader: Reader,
  ids: readonly string[],
): Promise<Required<Pick<Target, 'id' | 'hostSourceIds' | 'brokeredCredentialSourceIds' | 'aliases'>>[]> {
  return reader.query(`select t.id, ${lists} from target t where t.id = any($1::text[])`, [ids]);
}

/** A condition for targets that go by any of those host sets. */
export function goesBySetsSql(hostSetIds: string): string {
  return `t.id in (select hs.target_id from target_host_source hs where hs.host_set_id = any(${hostSetIds}))`;
}

/** A condition for targets that hand out any of those credentials. */
export function handsOutSql(credentialIds: string): string {
  return `t.id in (select cs.target_id from target_credential_source cs where cs.credential_id = any(${credentialIds}))`;
}

/**
 * The best two targets of that name in the scope of that id or name, among those the caller may see: first
 * those of the very name, then those that differ from it in case; of each, first those it may use.
 */
export async function findTargetsByName(
  reader: Reader,
  name: string,
  scope: { readonly id: string | null; readonly name: string | null },
  permissions: { readonly see: ListPermission; readonly use: ListPermission },
): Promise<Target[]> {
  const params = new Params();
  const [asked, id, scopeName] = [name, scope.id, scope.name].map((value) => params.add(value, 'text'));
  const usable = listPredicate(permissions.use, targetPlace, params);
  return reader.rows(
    Target,
    `select ${targetColumns} from ${targetTables}
     where lower(t.name) = lower(${asked}) and (t.scope_id = ${id} or (${id} is null and s.name = ${scopeName}))
       and ${listPredicate(permissions.see, targetPlace, params)}
     order by t.name = ${asked} desc, case when ${usable} then 0 else 1 end, t.id::text limit 2`,
    params.values,
  );
}

/** A host a session on the target may go to. One in two sets stands here twice, and is twice as likely. */
export interface HostChoice {
  readonly hostId: string;
  readonly hostSetId: string;
  readonly address: string;
}

export async function findHostChoices(reader: Reader, targetId: string): Promise<HostChoice[]> {
  return reader.query<HostChoice>(
    `select h.id as host_id, m.host_set_id, h.address
     from target_host_source hs
     join host_set_member m on m.host_set_id = hs.host_set_id
     join host h on h.id = m.host_id
     where hs.target_id = $1
     order by m.host_set_id, h.id`,
    [targetId],
  );
}

/** Attaches host sets of the same project. */
export async function insertHostSources(
  tx: Tx,
  target: { id: string; scopeId: string },
  hostSetIds: readonly string[],
): Promise<void> {
  await tx.query(
    'insert into target_host_source (target_id, host_set_id, scope_id) select $1, unnest($2::text[]), $3',
    [target.id, hostSetIds, target.scopeId],
  );
}

/** Detaches host sets. */
export async function deleteHostSources(
  tx: Tx,
  targetId: string,
  hostSetIds: readonly string[],
): Promise<void> {
  await tx.query('delete from target_host_source where target_id = $1 and host_set_id = any($2::text[])', [
    targetId,
    hostSetIds,
  ]);
}

/** Attaches credentials of the same project, which an authorization hands out. */
export async function insertCredentialSources(
  tx: Tx,
  target: { id: string; scopeId: string },
  credentialIds: readonly string[],
): Promise<void> {
  await tx.query(
    'insert into target_credential_source (target_id, credential_id, scope_id) select $1, unnest($2::text[]), $3',
    [target.id, credentialIds, target.scopeId],
  );
}

/** Detaches credentials. */
export async function deleteCredentialSources(
  tx: Tx,
  targetId: string,
  credentialIds: readonly string[],
): Promise<void> {
  await tx.query(
    'delete from target_credential_source where target_id = $1 and credential_id = any($2::text[])',
    [targetId, credentialIds],
  );
}
