import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import { newId } from '../core/id.js';
import { madeBefore, type Repeatable } from '../core/made-before.js';
import type { MembersVerb } from '../core/members.js';
import { cleanDescription, cleanName, given } from '../core/text.rules.js';
import { requireSeen } from '../grant/require.js';
import { cleanAddress } from '../host/address.rules.js';
import { findAddressesInSets, findHostSets } from '../host/host.store.js';
import { changeMembers, deleteRow, settleMade, showMade, updateRow } from '../scope/change-row.js';
import { addressJudgeOf, requireAllowedAddress } from '../scope/require-address.js';
import { requireCreateIn } from '../scope/require-create.js';
import { checkedAliases, insertAliases, type NewTargetAlias } from './alias-of-target.js';
import { Target } from './target.entity.js';
import { targetKind } from './target.kinds.js';
import {
  cleanFilter,
  cleanNumbers,
  cleanPermissionLoss,
  type OnPermissionLoss,
  type TargetNumbers,
} from './target.rules.js';
import { deleteHostSources, insertHostSources } from './target.store.js';

export interface CreateTargetInput extends Repeatable, TargetNumbers {
  readonly scopeId: string;
  readonly name: string;
  readonly description?: string | null;
  readonly address?: string | null;
  readonly defaultPort: number;
  readonly egressWorkerFilter?: string | null;
  readonly onPermissionLoss?: OnPermissionLoss | null;
  readonly withAliases?: readonly NewTargetAlias[] | null;
}

/** Makes a target in a project. Needs `create` on its targets, and on aliases when some are made with it. */
export async function createTarget(ctx: Ctx, input: CreateTargetInput): Promise<Target | null> {
  const { scope, acl } = await requireCreateIn(ctx, 'target', input.scopeId, ['project']);
  const id = newId('ttcp');
  const { address, withAliases } = input;
  const values = {
    name: cleanName('input.name', input.name),
    ...given({ description: cleanDescription('input.description', input.description) }),
    ...cleanNumbers(input),
    ...given({
      egressWorkerFilter: cleanFilter(input.egressWorkerFilter),
      onPermissionLoss: cleanPermissionLoss(input.onPermissionLoss),
    }),
    ...(address == null ? {} : { address: cleanAddress(address) }),
  };
  await requireAllowedAddress(ctx, scope.id, values.address);
  const aliases = await checkedAliases(ctx, withAliases ?? [], { scopeId: scope.id, address });
  const before = await madeBefore(ctx, 'createTarget', input, id);
  if (before !== null) return showMade(ctx, targetKind, acl, before);
  await ctx.tx.insert(Target, { id, scopeId: scope.id, ...values });
  await insertAliases(ctx, id, aliases);
  return settleMade(ctx, targetKind, acl, id);
}

export interface UpdateTargetInput extends TargetNumbers {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly address?: string | null;
  readonly egressWorkerFilter?: string | null;
  readonly onPermissionLoss?: OnPermissionLoss | null;
}

/**
 * Changes a target. Sessions keep the filter, the limit and the life they were authorized with; those that it would
 * lead elsewhere now end, unless it says to keep them. Refuses an address beside host sources. Needs `update`.
 */
export function updateTarget(ctx: Ctx, input: UpdateTargetInput): Promise<Target | null> {
  return updateRow(ctx, targetKind, input, async (target) => {
    if (input.name === null) throw invalidInput('input.name', 'cannot be cleared; a target has a name');
    const address = input.address == null ? input.address : cleanAddress(input.address);
    if (address != null && (target.hostSourceIds ?? []).length > 0)
      throw invalidInput('input.address', 'does not go with host sources; remove those of the target first');
    await requireAllowedAddress(ctx, target.scopeId, address);
    const name = cleanName('input.name', input.name);
    const description = cleanDescription('input.description', input.description);
    const egressWorkerFilter = cleanFilter(input.egressWorkerFilter);
    const onPermissionLoss = cleanPermissionLoss(input.onPermissionLoss);
    const texts = { name, description, address, egressWorkerFilter, onPermissionLoss };
    return { ...cleanNumbers(input), ...given(texts) };
  });
}

/** Deletes a target. Its sessions are ended; its aliases stay and lead nowhere. Needs `delete`. */
export function deleteTarget(ctx: Ctx, input: Deletion): Promise<{ deletedId: string }> {
  return deleteRow(ctx, targetKind, input);
}

/**
 * Attaches host sets of the same project to a target, says which they are, or detaches them. Refuses them beside
 * an address. Needs `add-host-sources` and its like.
 */
export function changeTargetHostSources(
  ctx: Ctx,
  verb: MembersVerb,
  input: {
    readonly id: string;
    readonly expectedVersion: number;
    readonly hostSourceIds: readonly string[];
  },
): Promise<Target | null> {
  const path = 'input.hostSourceIds';
  return changeMembers(ctx, targetKind, `${verb}-host-sources`, input, {
    verb,
    path,
    named: input.hostSourceIds,
    present: (target) => target.hostSourceIds ?? [],
    write: async (target, { added, removed }) => {
      if (added.length > 0 && target.address !== null)
        throw invalidInput(path, 'do not go with an address; clear that of the target first');
      const found = await findHostSets(ctx.tx, added);
      const sets = await requireSeen(ctx, 'host-set', added, found, (set) => set.hostCatalogId);
      const foreign = sets.find((set) => set.scopeId !== target.scopeId);
      if (foreign) throw invalidInput(path, `${foreign.id} is of another project`);
      await requireAllowedHosts(ctx, target.scopeId, path, added);
      if (removed.length > 0) await deleteHostSources(ctx.tx, target.id, removed);
      if (added.length > 0) await insertHostSources(ctx.tx, target, added);
    },
  });
}

// Which host and which address it is, the caller may not know.
async function requireAllowedHosts(
  ctx: Ctx,
  projectId: string,
  path: string,
  hostSetIds: readonly string[],
): Promise<void> {
  if (hostSetIds.length === 0) return;
  const judge = await addressJudgeOf(ctx, projectId);
  for (const { hostSetId, address } of await findAddressesInSets(ctx.tx, hostSetIds)) {
    const refused = judge(address);
    if (refused)
      throw invalidInput(
        path,
        `${hostSetId} has a host whose address is refused by the address policy of ${refused.scope.id}`,
      );
  }
}
