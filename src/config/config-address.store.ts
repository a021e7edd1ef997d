import type { Reader, Tx } from '../core/tx.js';

/** What a manager has created so far: ids by address. Kept when the resource is deleted or changed by hand. */
export async function findAddresses(reader: Reader, manager: string): Promise<Map<string, string>> {
  const rows = await reader.query<{ address: string; resourceId: string }>(
    'select address, resource_id from config_address where manager = $1',
    [manager],
  );
  return new Map(rows.map((row) => [row.address, row.resourceId]));
}

export async function insertAddress(
  tx: Tx,
  manager: string,
  address: string,
  resourceId: string,
): Promise<void> {
  await tx.query('insert into config_address (manager, address, resource_id) values ($1, $2, $3)', [
    manager,
    address,
    resourceId,
  ]);
}

/** Waits until no other transaction applies for that manager; held until the end of this one. */
export async function lockManager(tx: Tx, manager: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`config ${manager}`]);
}
