import type { Reader, Tx } from '../core/tx.js';
import { HostCatalog } from './host-catalog.entity.js';
import { HostSet } from './host-set.entity.js';
import { Host } from './host.entity.js';

export const catalogColumns = 'c.*, s.parent_id as scope_parent_id';
export const catalogTables = 'host_catalog c join scope s on s.id = c.scope_id';

export const hostColumns = `h.*, s.parent_id as scope_parent_id,
  array(select m.host_set_id::text from host_set_member m where m.host_id = h.id order by 1) as host_set_ids`;
export const hostTables = 'host h join scope s on s.id = h.scope_id';

export const hostSetColumns = `t.*, s.parent_id as scope_parent_id,
  array(select m.host_id::text from host_set_member m where m.host_set_id = t.id order by 1) as host_ids`;
export const hostSetTables = 'host_set t join scope s on s.id = t.scope_id';

export async function findHostCatalogs(reader: Reader, ids: readonly string[]): Promise<HostCatalog[]> {
  return reader.rows(
    HostCatalog,
    `select ${catalogColumns} from ${catalogTables} where c.id = any($1::text[])`,
    [ids],
  );
}

export async function findHostCatalog(reader: Reader, id: string): Promise<HostCatalog | null> {
  return (await findHostCatalogs(reader, [id]))[0] ?? null;
}

export async function findHosts(reader: Reader, ids: readonly string[]): Promise<Host[]> {
  return reader.rows(Host, `select ${hostColumns} from ${hostTables} where h.id = any($1::text[])`, [ids]);
}

export async function findHostSets(reader: Reader, ids: readonly string[]): Promise<HostSet[]> {
  return reader.rows(HostSet, `select ${hostSetColumns} from ${hostSetTables} where t.id = any($1::text[])`, [
    ids,
  ]);
}

/** Puts hosts into a set; both must be of the catalog. */
export async function insertSetMembers(
  tx: Tx,
  set: { id: string; hostCatalogId: string },
  hostIds: readonly string[],
): Promise<void> {
  await tx.query(
    'insert into host_set_member (host_set_id, host_id, host_catalog_id) select $1, unnest($2::text[]), $3',
    [set.id, hostIds, set.hostCatalogId],
  );
}

/** Takes hosts out of a set. */
export async function deleteSetMembers(tx: Tx, setId: string, hostIds: readonly string[]): Promise<void> {
  await tx.query('delete from host_set_member where host_set_id = $1 and host_id = any($2::text[])', [
    setId,
    hostIds,
  ]);
}

/** The addresses of the hosts in those sets, each with its set. */
export async function findAddressesInSets(
  reader: Reader,
  hostSetIds: readonly string[],
): Promise<{ hostSetId: string; address: string }[]> {
  return reader.query<{ hostSetId: string; address: string }>(
    `select m.host_set_id, h.address from host_set_member m join host h on h.id = m.host_id
     where m.host_set_id = any($1::text[]) order by m.host_set_id, h.id`,
    [hostSetIds],
  );
}
