import type { ReadCtx } from '../core/ctx.js';
import { invalidInput, type Failure } from '../core/failure.js';
import { shownFields } from '../grant/present.js';
import { protectedRow } from '../grant/require.js';
import { addressJudge, type AddressRefusal } from './address-policy.rules.js';
import type { Scope } from './scope.entity.js';
import { findBoundingScopes } from './scope.store.js';

/** An address that the policy of a scope above its project refuses. */
export interface RefusedAddress extends AddressRefusal {
  readonly scope: Scope;
}

/** The address policies above a project, made ready: which of them refuses an address, null when none does. */
export async function addressJudgeOf(
  ctx: ReadCtx,
  projectId: string,
): Promise<(address: string) => RefusedAddress | null> {
  const judges = (await findBoundingScopes(ctx.tx, projectId)).map((scope) => {
    const judge = addressJudge({ allow: scope.addressAllow ?? [], deny: scope.addressDeny ?? [] });
    return { scope, judge };
  });
  return (address) => {
    for (const { scope, judge } of judges) {
      const refusal = judge(address);
      if (refusal) return { scope, ...refusal };
    }
    return null;
  };
}

/** Refuses, with INVALID_INPUT, an address in a project that the policies of global or of its org refuse. */
export async function requireAllowedAddress(
  ctx: ReadCtx,
  projectId: string,
  address: string | null | undefined,
): Promise<void> {
  if (address == null) return;
  const refused = (await addressJudgeOf(ctx, projectId))(address);
  if (refused) throw await addressRefused(ctx, refused);
}

// What it is denied by is told to those alone who may read the policy.
async function addressRefused(ctx: ReadCtx, { scope, deniedBy }: RefusedAddress): Promise<Failure> {
  const acl = await ctx.acl();
  const on = protectedRow('scope', scope);
  const fields = acl.may('read', on) ? shownFields(acl, ['read'], on) : new Set<string>();
  const isShown = fields === '*' || fields.has('address_policy');
  const why = deniedBy !== null && isShown ? `, which denies ${deniedBy}` : '';
  return invalidInput('input.address', `is refused by the address policy of ${scope.id}${why}`);
}
