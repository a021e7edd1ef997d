import { randomInt } from 'node:crypto';
import type { ReadCtx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { addressJudgeOf } from '../scope/require-address.js';
import type { Target } from '../target/target.entity.js';
import { findHostChoices, type HostChoice } from '../target/target.store.js';

export interface Endpoint {
  readonly address: string;
  readonly hostId: string | null;
  readonly hostSetId: string | null;
}

/**
 * Where a session on the target goes: its address; else the host asked for, or demanded by the alias the target was
 * asked for by, if it is in one of the target's sets; else any of them, each place in a set as likely as another.
 * Never where the address policies above its project refuse to go.
 */
export async function chooseEndpoint(
  ctx: ReadCtx,
  target: Target,
  askedHostId: string | null,
): Promise<Endpoint> {
  const { address, aliasHostId = null } = target;
  if (aliasHostId !== null && askedHostId !== null && askedHostId !== aliasHostId)
    throw invalidInput('input.hostId', 'is another host than the alias demands; leave it out');
  if (address === null) {
    const choices = await findHostChoices(ctx.tx, target.id);
    const asked = askedChoices(choices, aliasHostId, askedHostId);
    const allowed = await allowedOnes(ctx, target, asked);
    // Of a host that was asked for, the last place counts.
    const isAny = aliasHostId === null && askedHostId === null;
    return allowed[isAny ? randomInt(allowed.length) : allowed.length - 1] as HostChoice;
  }
  if (aliasHostId !== null)
    throw invalidInput(
      'input.targetId',
      'demands a host, but its target goes to an address; change the alias',
    );
  if (askedHostId !== null)
    throw invalidInput('input.hostId', 'this target goes to an address, not to hosts; leave it out');
  await allowedOnes(ctx, target, [{ address }]);
  return { address, hostId: null, hostSetId: null };
}

/** The places of a target's hosts that are meant: at least one. */
function askedChoices(
  choices: readonly HostChoice[],
  aliasHostId: string | null,
  askedHostId: string | null,
): readonly HostChoice[] {
  if (choices.length === 0) {
    throw new Failure({
      code: 'INVALID_STATE',
      state: 'no hosts',
      message: 'the target has neither an address nor a host; give it one of them first',
    });
  }
  const hostId = aliasHostId ?? askedHostId;
  const asked = hostId === null ? choices : choices.filter((choice) => choice.hostId === hostId);
  if (asked.length > 0) return asked;
  throw aliasHostId === null
    ? invalidInput('input.hostId', 'is no host of this target; leave it out to go to any of them')
    : invalidInput(
        'input.targetId',
        'demands a host that is none of its target (any more); change the alias',
      );
}

// A policy may have been tightened since the target or the host was written.
async function allowedOnes<T extends { readonly address: string }>(
  ctx: ReadCtx,
  target: Target,
  places: readonly T[],
): Promise<T[]> {
  const judge = await addressJudgeOf(ctx, target.scopeId);
  const allowed = places.filter(({ address }) => judge(address) === null);
  if (allowed.length > 0) return allowed;
  const refused = judge(places[0]?.address ?? '');
  throw invalidInput(
    'input.targetId',
    `leads where the address policy of ${refused?.scope.id ?? 'its org'} refuses to go; ask who administers that`,
  );
}
