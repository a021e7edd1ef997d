import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { HostCatalog } from './host-catalog.entity.js';
import { hostCatalogKind } from './host.kinds.js';

export interface CreateHostCatalogInput extends Repeatable {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Makes an empty catalog in a project. Needs `create` on its host catalogs. */
export async function createHostCatalog(
  ctx: Ctx,
  input: CreateHostCatalogInput,
): Promise<HostCatalog | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'host-catalog', input.scopeId, ['project']);
  const id = newId('hcst');
  const texts = cleanTexts(input);
  const before = await madeBefore(ctx, 'createHostCatalog', input, id);
  if (before !== null) return showMade(ctx, hostCatalogKind, acl, before);
  await ctx.tx.insert(HostCatalog, { id, scopeId: scope.id, ...texts });
  return settleMade(ctx, hostCatalogKind, acl, id);
}

export interface UpdateHostCatalogInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Renames or describes a catalog. Needs `update`. */
export function updateHostCatalog(ctx: Ctx, input: UpdateHostCatalogInput): Promise<HostCatalog | null> {
  return updateRow(ctx, hostCatalogKind, input, () => cleanTexts(input));
}

/** Deletes a catalog with its hosts and host sets; sessions that go to one of them are ended. Needs `delete`. */
export function deleteHostCatalog(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, hostCatalogKind, input);
}
