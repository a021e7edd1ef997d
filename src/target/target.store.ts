import type { ListPermission } from '../core/acl.js';
import type { Reader, Tx } from '../core/tx.js';
import { listPredicate, Params, type ListColumns } from '../grant/list-predicate.js';
import { Target } from './target.entity.js';

export const targetColumns = 't.*, s.parent_id as scope_parent_id';
export const targetTables = 'target t join scope s on s.id = t.scope_id';

export async function findTargets(reader: Reader, ids: readonly string[]): Promise<Target[]> {
  return reader.rows(Target, `select ${targetColumns} from ${targetTables} where t.id = any($1::text[])`, [
    ids,
  ]);
}

export async function findTarget(reader: Reader, id: string): Promise<Target | null> {
  return (await findTargets(reader, [id]))[0] ?? null;
}

/** What a permission is compared with in a query of targets. */
export const targetPlace: ListColumns = { id: 't.id', scopeId: 't.scope_id', scopeParentId: 's.parent_id' };

/** Ids of the host sets of each of those targets, in order. */
export async function findHostSources(reader: Reader, targetIds: readonly string[]): Promise<string[][]> {
  const rows = await reader.query<{ targetId: string; hostSetIds: string[] }>(
    `select target_id, array_agg(host_set_id::text order by host_set_id) as host_set_ids
     from target_host_source where target_id = any($1::text[]) group by target_id`,
    [targetIds],
  );
  const found = new Map(rows.map(({ targetId, hostSetIds }) => [targetId, hostSetIds]));
  return targetIds.map((id) => found.get(id) ?? []);
}

/** A condition for targets that go by any of those host sets. */
export function goesBySetsSql(hostSetIds: string): string {
  return `t.id in (select hs.target_id from target_host_source hs where hs.host_set_id = any(${hostSetIds}))`;
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
