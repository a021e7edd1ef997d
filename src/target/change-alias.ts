import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import { cleanTexts, given } from '../core/text.rules.js';
import { requireSeen } from '../grant/require.js';
import { findHosts } from '../host/host.store.js';
import { deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { requireCreateIn } from '../scope/require-create.js';
import { Alias } from './alias.entity.js';
import { cleanValue } from './alias.rules.js';
import { aliasKind } from './target.kinds.js';
import { findHostChoices, findTargets } from './target.store.js';

export interface CreateAliasInput extends Repeatable {
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly value: string;
  readonly destinationId?: string | null;
  readonly hostId?: string | null;
}

/** Makes an alias of a target that the caller sees, or one that leads nowhere yet. Needs `create` on aliases. */
export async function createAlias(ctx: Ctx, input: CreateAliasInput): Promise<Alias | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'alias', input.scopeId, ['global']);
  const id = newId('alt');
  const { destinationId = null, hostId = null } = input;
  const values = { ...cleanTexts(input), value: cleanValue('input.value', input.value) };
  await requireDestination(ctx, destinationId);
  await requireHost(ctx, destinationId, hostId);
  const before = await madeBefore(ctx, 'createAlias', input, id);
  if (before !== null) return showMade(ctx, aliasKind, acl, before);
  await ctx.tx.insert(Alias, { id, scopeId: scope.id, ...values, destinationId, hostId });
  return settleMade(ctx, aliasKind, acl, id);
}

export interface UpdateAliasInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly value?: string | null;
  readonly destinationId?: string | null;
  readonly hostId?: string | null;
}

/** Changes an alias. The host goes with the destination: it is cleared when that changes, unless named again. Needs `update`. */
export function updateAlias(ctx: Ctx, input: UpdateAliasInput): Promise<Alias | null> {
  return updateRow(ctx, aliasKind, input, async (alias) => {
    const { value, destinationId, hostId } = input;
    if (value === null) throw invalidInput('input.value', 'cannot be cleared; an alias is what is written');
    const isMoved = destinationId !== undefined && destinationId !== alias.destinationId;
    if (isMoved) await requireDestination(ctx, destinationId);
    if (hostId !== undefined) {
      const goesTo = destinationId === undefined ? alias.destinationId : destinationId;
      // Which hosts a target has is told to those alone who see it.
      if (hostId !== null && !isMoved) await requireDestination(ctx, goesTo);
      await requireHost(ctx, goesTo, hostId);
    }
    return {
      ...cleanTexts(input),
      ...given({
        value: value === undefined ? undefined : cleanValue('input.value', value),
        destinationId,
        hostId: hostId === undefined && isMoved ? null : hostId,
      }),
    };
  });
}

/** Deletes an alias; the target stays. Needs `delete`. */
export function deleteAlias(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, aliasKind, input);
}

async function requireDestination(ctx: Ctx, id: string | null): Promise<void> {
  if (id !== null) await requireSeen(ctx, 'target', [id], await findTargets(ctx.tx, [id]));
}

async function requireHost(ctx: Ctx, targetId: string | null, hostId: string | null): Promise<void> {
  if (hostId === null) return;
  if (targetId === null) throw invalidInput('input.hostId', 'goes with destinationId');
  const hosts = await findHosts(ctx.tx, [hostId]);
  await requireSeen(ctx, 'host', [hostId], hosts, (host) => host.hostCatalogId);
  const choices = await findHostChoices(ctx.tx, targetId);
  if (!choices.some((choice) => choice.hostId === hostId))
    throw invalidInput('input.hostId', 'is no host of that target');
}
