import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import type { MembersVerb } from '../core/members.js';
import { cleanTexts } from '../core/text.rules.js';
import { requireSeen } from '../grant/require.js';
import { changeMembers, deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateUnder } from '../scope/require-create.js';
import { HostSet } from './host-set.entity.js';
import { hostSetKind } from './host.kinds.js';
import { deleteSetMembers, findHostCatalog, findHosts, insertSetMembers } from './host.store.js';

export interface CreateHostSetInput extends Repeatable {
  readonly hostCatalogId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Makes an empty host set in a catalog. Needs `create` on its host sets. */
export async function createHostSet(ctx: Ctx, input: CreateHostSetInput): Promise<HostSet | null> {
  const { container, acl } = await requireCreateUnder(
    ctx,
    'host-set',
    'host-catalog',
    await findHostCatalog(ctx.tx, input.hostCatalogId),
  );
  const id = newId('hsst');
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, 'createHostSet', input, id);
  if (before !== null) return showMade(ctx, hostSetKind, acl, before);
  await ctx.tx.insert(HostSet, { id, hostCatalogId: container.id, scopeId: container.scopeId, ...texts });
  return settleMade(ctx, hostSetKind, acl, id);
}

export interface UpdateHostSetInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Renames or describes a host set. Needs `update`. */
export function updateHostSet(ctx: Ctx, input: UpdateHostSetInput): Promise<HostSet | null> {
  return updateRow(ctx, hostSetKind, input, () => cleanTexts(input));
}

/** Deletes a host set, and takes it from its targets; sessions that came by it are ended. Needs `delete`. */
export function deleteHostSet(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, hostSetKind, input);
}

/** Adds hosts of the same catalog to a set, sets them, or takes them out. Needs `add-hosts` and its like. */
export function changeSetHosts(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly hostIds: readonly string[] },
): Promise<HostSet | null> {
  return changeMembers(ctx, hostSetKind, `${verb}-hosts`, input, {
    verb,
    path: 'input.hostIds',
    named: input.hostIds,
    present: (set) => set.hostIds ?? [],
    write: async (set, { added, removed }) => {
      const found = await findHosts(ctx.tx, added);
      const hosts = await requireSeen(ctx, 'host', added, found, (host) => host.hostCatalogId);
      const foreign = hosts.find((host) => host.hostCatalogId !== set.hostCatalogId);
      if (foreign) throw invalidInput('input.hostIds', `${foreign.id} is of another catalog`);
      if (removed.length > 0) await deleteSetMembers(ctx.tx, set.id, removed);
      if (added.length > 0) await insertSetMembers(ctx.tx, set, added);
    },
  });
}
