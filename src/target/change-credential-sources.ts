import type { Ctx } from '../core/ctx.js';
import type { MembersVerb } from '../core/members.js';
import { findCredentials } from '../credential/credential.store.js';
import { requireSeen } from '../grant/require.js';
import { changeMembers } from '../scope/change-row.js';
import type { Target } from './target.entity.js';
import { targetKind } from './target.kinds.js';
import { deleteCredentialSources, insertCredentialSources } from './target.store.js';

/**
 * Attaches credentials of the same project to a target, says which it hands out, or detaches them. One of another
 * project is told of as one that is missing. Needs `add-credential-sources` and its like.
 */
export function changeTargetCredentialSources(
  ctx: Ctx,
  verb: MembersVerb,
  input: {
    readonly id: string;
    readonly expectedVersion: number;
    readonly brokeredCredentialSourceIds: readonly string[];
  },
): Promise<Target | null> {
  return changeMembers(ctx, targetKind, `${verb}-credential-sources`, input, {
    verb,
    path: 'input.brokeredCredentialSourceIds',
    named: input.brokeredCredentialSourceIds,
    present: (target) => target.brokeredCredentialSourceIds ?? [],
    write: async (target, { added, removed }) => {
      const found = await findCredentials(ctx.tx, added);
      const ofProject = found.filter(({ scopeId }) => scopeId === target.scopeId);
      await requireSeen(ctx, 'credential', added, ofProject, (one) => one.credentialStoreId);
      if (removed.length > 0) await deleteCredentialSources(ctx.tx, target.id, removed);
      if (added.length > 0) await insertCredentialSources(ctx.tx, target, added);
    },
  });
}
