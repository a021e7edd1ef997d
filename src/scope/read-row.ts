import type { ReadCtx } from '../core/ctx.js';
import { present } from '../grant/present.js';
import { requireRow, type ChangedRow, type Kind } from './change-row.js';

/** One resource. NOT_FOUND when it is missing or hidden, FORBIDDEN without `read`. */
export async function readRow<Row extends ChangedRow>(
  ctx: ReadCtx,
  kind: Kind<Row>,
  id: string,
): Promise<Row> {
  const { row, acl, pin } = await requireRow(ctx, kind, 'read', id);
  return present(acl, 'read', kind.type, row, kind.fields, pin) as Row;
}

/** The resources behind those ids as the caller may see them, null where missing or hidden. */
export async function locateRows<Row extends ChangedRow>(
  ctx: ReadCtx,
  kind: Kind<Row>,
  ids: readonly string[],
): Promise<(Row | null)[]> {
  const acl = await ctx.acl();
  const found = new Map((await kind.findAll(ctx.tx, ids)).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = found.get(id);
    return present(acl, 'read', kind.type, row, kind.fields, row ? (kind.pinOf?.(row) ?? null) : null);
  });
}
