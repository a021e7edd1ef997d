import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts, given } from '../core/text.rules.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireAllowedAddress } from '../scope/require-address.js';
import { requireCreateUnder } from '../scope/require-create.js';
import { cleanAddress } from './address.rules.js';
import { Host } from './host.entity.js';
import { hostKind } from './host.kinds.js';
import { findHostCatalog } from './host.store.js';

export interface CreateHostInput extends Repeatable {
  readonly hostCatalogId: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly address: string;
}

/** Makes a host in a catalog. Needs `create` on its hosts. */
export async function createHost(ctx: Ctx, input: CreateHostInput): Promise<Host | null> {
  const { container, acl } = await requireCreateUnder(
    ctx,
    'host',
    'host-catalog',
    await findHostCatalog(ctx.tx, input.hostCatalogId),
  );
  const id = newId('hst');
  const row = { ...cleanTexts(input), address: cleanAddress(input.address) };
  await requireAllowedAddress(ctx, container.scopeId, row.address);
  const before = await madeBefore(ctx, 'createHost', input, id);
  if (before !== null) return showMade(ctx, hostKind, acl, before);
  await ctx.tx.insert(Host, { id, hostCatalogId: container.id, scopeId: container.scopeId, ...row });
  return settleMade(ctx, hostKind, acl, id);
}

export interface UpdateHostInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly address?: string | null;
}

/** Changes a host. Sessions that go to an address it has no more end, where their target wants it. Needs `update`. */
export function updateHost(ctx: Ctx, input: UpdateHostInput): Promise<Host | null> {
  return updateRow(ctx, hostKind, input, async (host) => {
    if (input.address === null)
      throw invalidInput('input.address', 'cannot be cleared; a host is an address');
    const address = input.address === undefined ? undefined : cleanAddress(input.address);
    await requireAllowedAddress(ctx, host.scopeId, address);
    return { ...cleanTexts(input), ...given({ address }) };
  });
}

/** Deletes a host, and takes it from its sets; sessions that go to it are ended. Needs `delete`. */
export function deleteHost(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, hostKind, input);
}
