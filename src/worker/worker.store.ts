import type { Reader, Tx } from '../core/tx.js';
import type { FilteredWorker } from './worker-filter.rules.js';
import type { TagPair } from './worker-tag.rules.js';
import { Worker } from './worker.entity.js';

const tagsSql = (which: string): string => `coalesce((
    select jsonb_agg(jsonb_build_object('key', g.key, 'values', g.values) order by g.key) from (
      select key, jsonb_agg(distinct value order by value) as values from worker_tag
      where worker_id = w.id${which} group by key) g), '[]')`;

/** A worker as it is shown; its keys stay where they are. */
export const workerColumns = `w.id, w.version, w.created_at, w.updated_at, w.scope_id, s.parent_id as scope_parent_id,
  w.name, w.description, w.type, w.address, w.release_version, w.last_seen_at,
  (extract(epoch from postern_now() - w.last_seen_at) * 1000)::float8 as unseen_ms,
  ${tagsSql(" and source = 'config'")} as config_tags, ${tagsSql(" and source = 'api'")} as api_tags,
  ${tagsSql('')} as canonical_tags,
  (select count(*)::int from session_connection c where c.worker_id = w.id and c.status <> 'closed')
    as active_connection_count`;
export const workerTables = 'worker w join scope s on s.id = w.scope_id';

export async function findWorkers(reader: Reader, ids: readonly string[]): Promise<Worker[]> {
  return reader.rows(Worker, `select ${workerColumns} from ${workerTables} where w.id = any($1::text[])`, [
    ids,
  ]);
}

export async function findWorkerByName(reader: Reader, name: string): Promise<Worker | null> {
  const [row] = await reader.rows(Worker, 'select * from worker where name = $1', [name]);
  return row ?? null;
}

/** A worker a client may be sent to. */
export interface WorkerAddress {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly thumbprint: string;
}

export type LiveWorker = WorkerAddress & FilteredWorker;

const tagMap = `coalesce((select jsonb_object_agg(g.key, g.values) from (
    select key, jsonb_agg(distinct value order by value) as values from worker_tag
    where worker_id = w.id group by key) g), '{}')`;

/** Workers heard of within the liveness window, in random order, as filters see them. */
export async function findLiveWorkers(reader: Reader, livenessMs: number): Promise<LiveWorker[]> {
  return reader.query<LiveWorker>(
    `select w.id, w.name, w.address, w.thumbprint, ${tagMap} as tags from worker w
     where w.last_seen_at > postern_now() - make_interval(secs => $1) order by random()`,
    [livenessMs / 1000],
  );
}

/** One worker as filters see it. */
export async function findFilteredWorker(reader: Reader, id: string): Promise<FilteredWorker | null> {
  const [row] = await reader.query<FilteredWorker>(
    `select w.name, ${tagMap} as tags from worker w where w.id = $1`,
    [id],
  );
  return row ?? null;
}

export async function insertOrUpdateWorker(
  reader: Reader,
  worker: Pick<Worker, 'id' | 'name' | 'address' | 'thumbprint' | 'bootId'> & {
    readonly sealedPrivateKey: string;
    readonly releaseVersion: string;
  },
): Promise<Worker> {
  const [row] = await reader.rows(
    Worker,
    `insert into worker (id, name, address, thumbprint, boot_id, sealed_private_key, release_version)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (name) do update set address = excluded.address, thumbprint = excluded.thumbprint,
       boot_id = excluded.boot_id, sealed_private_key = excluded.sealed_private_key,
       release_version = excluded.release_version, last_seen_at = postern_now()
     returning *`,
    [
      ...[worker.id, worker.name, worker.address, worker.thumbprint, worker.bootId],
      ...[worker.sealedPrivateKey, worker.releaseVersion],
    ],
  );
  return row as Worker;
}

/** Notes that a boot was heard of; false when another boot has taken the name. */
export async function touchWorker(reader: Reader, workerId: string, bootId: string): Promise<boolean> {
  const rows = await reader.query(
    'update worker set last_seen_at = postern_now() where id = $1 and boot_id = $2 returning id',
    [workerId, bootId],
  );
  return rows.length > 0;
}

/** Whether a worker was heard of within that time; it is locked, so that the answer holds until the end. */
export async function lockIfHeardOf(tx: Tx, id: string, withinMs: number): Promise<boolean> {
  const [row] = await tx.query<{ isHeardOf: boolean }>(
    `select last_seen_at > postern_now() - make_interval(secs => $2) as is_heard_of from worker
     where id = $1 for update`,
    [id, withinMs / 1000],
  );
  return row?.isHeardOf ?? false;
}

/** Where a tag comes from: the settings of the worker, or somebody who gave it here. */
export type TagSource = 'config' | 'api';

export async function insertTags(
  tx: Tx,
  workerId: string,
  source: TagSource,
  tags: readonly TagPair[],
): Promise<void> {
  await tx.query(
    `insert into worker_tag (worker_id, source, key, value) select $1, $2, * from unnest($3::text[], $4::text[])
     on conflict do nothing`,
    [workerId, source, tags.map(({ key }) => key), tags.map(({ value }) => value)],
  );
}

export async function deleteTags(tx: Tx, workerId: string, tags: readonly TagPair[]): Promise<void> {
  await tx.query(
    `delete from worker_tag where worker_id = $1 and source = 'api'
       and (key, value) in (select * from unnest($2::text[], $3::text[]))`,
    [workerId, tags.map(({ key }) => key), tags.map(({ value }) => value)],
  );
}

/** Makes these the tags that the worker's own settings give it. */
export async function replaceConfigTags(tx: Tx, workerId: string, tags: readonly TagPair[]): Promise<void> {
  await tx.query(`delete from worker_tag where worker_id = $1 and source = 'config'`, [workerId]);
  await insertTags(tx, workerId, 'config', tags);
}
