import type { Deletion } from '../api/change.input.js';
import type { Hideable } from '../api/redact.js';
import type { Acl } from '../core/acl.js';
import type { Ctx, ReadCtx } from '../core/ctx.js';
import { cleanList, membersDiff, type MembersDiff, type MembersVerb } from '../core/members.js';
import { Failure } from '../core/failure.js';
import { imageOf, recordChange, type Image } from '../core/record-change.js';
import { refuseEmpty } from '../core/text.rules.js';
import type { Reader } from '../core/tx.js';
import type { Action } from '../grant/action.js';
import { present } from '../grant/present.js';
import { requireOn, type Placed } from '../grant/require.js';
import type { ResourceType } from '../grant/resource-type.js';

export type ChangedRow = Placed & { readonly version: number; authorizedActions: string[] };

/** A type of resource, as the operations on it need it. */
export interface Kind<Row extends ChangedRow> {
  readonly type: ResourceType;
  /** The rows behind ids as they are shown, with their members; in no order. */
  readonly findAll: (reader: Reader, ids: readonly string[]) => Promise<Row[]>;
  /** The row that a text names, where that need not be its id. */
  readonly find?: (reader: Reader, text: string) => Promise<Row | null>;
  /** What makes up its image, and what output fields may hide. */
  readonly fields: Hideable;
  /** The container whose id may pin a grant on it. */
  readonly pinOf?: (row: Row) => string;
}

async function findRow<Row extends ChangedRow>(
  reader: Reader,
  kind: Kind<Row>,
  id: string,
): Promise<Row | null> {
  return kind.find ? kind.find(reader, id) : ((await kind.findAll(reader, [id]))[0] ?? null);
}

/** Demands an action on a resource that a change names, and gives it. Refuses as `requireOn` does. */
export async function requireRow<Row extends ChangedRow>(
  ctx: ReadCtx,
  kind: Kind<Row>,
  action: Action,
  id: string,
): Promise<{ row: Row; acl: Acl; pin: string | null }> {
  const found = await findRow(ctx.tx, kind, id);
  const pin = found && kind.pinOf ? kind.pinOf(found) : null;
  const required = await requireOn(ctx, action, kind.type, found, pin);
  return { ...required, pin };
}

/** The same of a resource that must be at the version named; the audit learns which one it was before that is looked at. */
export async function requireRowAt<Row extends ChangedRow>(
  ctx: ReadCtx,
  kind: Kind<Row>,
  action: Action,
  at: { readonly id: string; readonly expectedVersion: number },
): Promise<{ row: Row; acl: Acl }> {
  const { row, acl } = await requireRow(ctx, kind, action, at.id);
  const { id, scopeId, version } = row;
  ctx.note({ resourceType: kind.type, resourceId: id, scopeId });
  if (version !== at.expectedVersion)
    throw new Failure({ code: 'VERSION_CONFLICT', currentVersion: version });
  return { row, acl };
}

/**
 * Records a resource that was just made, and gives it as its maker may see it; null where it may not. What is told
 * beside its image, to the audit and the log, stands in `also`.
 */
export async function settleMade<Row extends ChangedRow>(
  ctx: Ctx,
  kind: Kind<Row>,
  acl: Acl,
  id: string,
  also: Image = {},
): Promise<Row | null> {
  const row = (await findRow(ctx.tx, kind, id)) as Row;
  const { scopeId, version } = row;
  const after = { ...imageOf(row, kind.fields), ...also };
  recordChange(ctx, { type: kind.type, id, scopeId, version, before: null, after });
  return present(acl, 'create', kind.type, row, kind.fields, kind.pinOf?.(row) ?? null);
}

/** What a repeated request made before, as the caller may see it now; null where it may not, or it is gone. */
export async function showMade<Row extends ChangedRow>(
  ctx: Ctx,
  kind: Kind<Row>,
  acl: Acl,
  id: string,
): Promise<Row | null> {
  const row = await findRow(ctx.tx, kind, id);
  ctx.note({ resourceType: kind.type, resourceId: id, scopeId: row?.scopeId ?? null, comment: 'repeated' });
  return row && present(acl, 'create', kind.type, row, kind.fields, kind.pinOf?.(row) ?? null);
}

/**
 * Changes fields of a resource that is at the version named. Needs `update`. `patchOf` makes the patch of the row;
 * what it leaves out stays. Setting what is there already keeps the version. `also` writes what lies beside the row, which
 * is locked by then. Gives the resource as it is now.
 */
export async function updateRow<Row extends ChangedRow>(
  ctx: Ctx,
  kind: Kind<Row>,
  input: { readonly id: string; readonly expectedVersion: number },
  patchOf: (row: Row, acl: Acl) => Partial<Row> | Promise<Partial<Row>>,
  also: (row: Row) => Promise<void> = () => Promise.resolve(),
): Promise<Row | null> {
  const { row, acl } = await requireRow(ctx, kind, 'update', input.id);
  ctx.note({ resourceType: kind.type, resourceId: row.id, scopeId: row.scopeId });
  const before = imageOf(row, kind.fields);
  const patch = await patchOf(row, acl);
  refuseEmpty(patch);
  await ctx.tx.change(row, patch, input.expectedVersion);
  await also(row);
  return settleChanged(ctx, kind, acl, 'update', { id: row.id, version: row.version, before });
}

/**
 * Adds, sets or removes members of a resource that is at the version named: what the verb really changes is
 * written by `write`, and raises the version once. Needs the action. Gives the resource as it is now.
 */
export async function changeMembers<Row extends ChangedRow>(
  ctx: Ctx,
  kind: Kind<Row>,
  action: Action,
  input: { readonly id: string; readonly expectedVersion: number },
  members: {
    readonly verb: MembersVerb;
    /** As the client calls the list: `input.hostIds`. */
    readonly path: string;
    readonly named: readonly string[];
    readonly present: (row: Row) => readonly string[];
    /** Throws where the change may not be asked of this row; most may. */
    readonly refuse?: (row: Row) => void;
    /** Checks and writes; removed ones first, so that they make room. */
    readonly write: (row: Row, diff: MembersDiff) => Promise<void>;
  },
): Promise<Row | null> {
  const { row, acl } = await requireRowAt(ctx, kind, action, input);
  const named = cleanList(members.path, members.named, members.verb === 'set');
  members.refuse?.(row);
  const before = imageOf(row, kind.fields);
  const diff = membersDiff(members.verb, members.present(row), named);
  if (diff.added.length + diff.removed.length > 0) {
    await ctx.tx.raise(row);
    await members.write(row, diff);
  }
  return settleChanged(ctx, kind, acl, action, { id: row.id, version: row.version, before });
}

/** Records a change of a resource, if there was one, and gives it as the caller may see it now. */
export async function settleChanged<Row extends ChangedRow>(
  ctx: Ctx,
  kind: Kind<Row>,
  acl: Acl,
  action: Action,
  was: { readonly id: string; readonly version: number; readonly before: Readonly<Record<string, unknown>> },
): Promise<Row | null> {
  const now = (await findRow(ctx.tx, kind, was.id)) as Row;
  const { id, scopeId, version } = now;
  if (version !== was.version) {
    const after = imageOf(now, kind.fields);
    recordChange(ctx, { type: kind.type, id, scopeId, version, before: was.before, after });
  }
  return present(acl, action, kind.type, now, kind.fields, kind.pinOf?.(now) ?? null);
}

/** Deletes a resource and all that is its own; sessions that hang on it are ended. Needs `delete`. */
export async function deleteRow<Row extends ChangedRow>(
  ctx: Ctx,
  kind: Kind<Row>,
  input: Deletion,
  refuse: (row: Row) => void | Promise<void> = () => {},
): Promise<{ deletedId: string }> {
  const { row } = await requireRow(ctx, kind, 'delete', input.id);
  const { id, scopeId } = row;
  ctx.note({ resourceType: kind.type, resourceId: id, scopeId });
  await refuse(row);
  const before = imageOf(row, kind.fields);
  const { expectedVersion = null } = input;
  const version = await ctx.tx.remove(row, { type: kind.type, scopeId, expectedVersion });
  recordChange(ctx, { type: kind.type, id, scopeId, version, before, after: null });
  return { deletedId: id };
}
