import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { imageOf, recordChange } from '../core/record-change.js';
import { requireSeen } from '../grant/require.js';
import { findHosts } from '../host/host.store.js';
import { requireCreateIn } from '../scope/require-create.js';
import { Alias, aliasFields } from './alias.entity.js';
import { cleanValue } from './alias.rules.js';

/** An alias that is made together with its target. */
export interface NewTargetAlias {
  readonly value: string;
  readonly hostId?: string | null;
}

const mostAliases = 20;

/**
 * The aliases of a target that is about to be made, checked. A new target has no host sources yet, so a host has to
 * be one of its project. Needs `create` on aliases in global.
 */
export async function checkedAliases(
  ctx: Ctx,
  wanted: readonly NewTargetAlias[],
  target: { readonly scopeId: string; readonly address: string | null | undefined },
): Promise<NewTargetAlias[]> {
  if (wanted.length === 0) return [];
  await requireCreateIn(ctx, 'alias', 'global', ['global']);
  if (wanted.length > mostAliases)
    throw invalidInput('input.withAliases', `holds more than ${mostAliases} aliases`);
  const hostIds = wanted.flatMap(({ hostId }) => hostId ?? []);
  const hosts = await requireSeen(
    ctx,
    'host',
    hostIds,
    hostIds.length === 0 ? [] : await findHosts(ctx.tx, hostIds),
    (host) => host.hostCatalogId,
  );
  const projectOf = new Map(hosts.map((host) => [host.id, host.scopeId]));
  return wanted.map(({ value, hostId = null }, index) => {
    const path = `input.withAliases.${index}`;
    if (hostId !== null && target.address != null)
      throw invalidInput(`${path}.hostId`, 'does not go with an address; leave one of them out');
    if (hostId !== null && projectOf.get(hostId) !== target.scopeId)
      throw invalidInput(`${path}.hostId`, 'is of another project');
    return { value: cleanValue(`${path}.value`, value), hostId };
  });
}

/** Writes the aliases of a target that was just made, and records them. */
export async function insertAliases(
  ctx: Ctx,
  destinationId: string,
  aliases: readonly NewTargetAlias[],
): Promise<void> {
  for (const { value, hostId = null } of aliases) {
    const id = newId('alt');
    const row = await ctx.tx.insert(Alias, { id, value, destinationId, hostId });
    const { scopeId, version } = row;
    const after = imageOf(row, aliasFields);
    recordChange(ctx, { type: 'alias', id, scopeId, version, before: null, after });
  }
}
