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
