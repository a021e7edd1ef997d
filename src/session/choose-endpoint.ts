import { randomInt } from 'node:crypto';
import { Failure, invalidInput } from '../core/failure.js';
import type { Reader } from '../core/tx.js';
import type { Target } from '../target/target.entity.js';
import { findHostChoices } from '../target/target.store.js';

export interface Endpoint {
  readonly address: string;
  readonly hostId: string | null;
  readonly hostSetId: string | null;
}

/**
 * Where a session on the target goes: its address; else the host asked for, or demanded by the alias the target was
 * asked for by, if it is in one of the target's sets; else any of them, each place in a set as likely as another.
 */
export async function chooseEndpoint(
  reader: Reader,
  target: Target,
  askedHostId: string | null,
): Promise<Endpoint> {
  const { aliasHostId = null } = target;
  if (aliasHostId !== null && askedHostId !== null && askedHostId !== aliasHostId)
    throw invalidInput('input.hostId', 'is another host than the alias demands; leave it out');
  const hostId = aliasHostId ?? askedHostId;
  if (target.address !== null) {
    if (aliasHostId !== null)
      throw invalidInput(
        'input.targetId',
        'demands a host, but its target goes to an address; change the alias',
      );
    if (hostId !== null)
      throw invalidInput('input.hostId', 'this target goes to an address, not to hosts; leave it out');
    return { address: target.address, hostId: null, hostSetId: null };
  }
  const choices = await findHostChoices(reader, target.id);
  if (choices.length === 0) {
    throw new Failure({
      code: 'INVALID_STATE',
      state: 'no hosts',
      message: 'the target has neither an address nor a host; give it one of them first',
    });
  }
  const asked = hostId === null ? choices : choices.filter((choice) => choice.hostId === hostId);
  const choice = asked[hostId === null ? randomInt(asked.length) : asked.length - 1];
  if (!choice && aliasHostId !== null)
    throw invalidInput(
      'input.targetId',
      'demands a host that is none of its target (any more); change the alias',
    );
  if (!choice)
    throw invalidInput('input.hostId', 'is no host of this target; leave it out to go to any of them');
  return choice;
}
