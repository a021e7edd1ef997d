import { invalidInput } from '../core/failure.js';
import {
  checkedName,
  checkedObject,
  checkedPassword,
  credentialParts,
  refuseForeignParts,
  type CredentialSecret,
  type CredentialType,
  type GivenParts,
  type ShownPart,
} from './credential.rules.js';
import { checkedPrivateKey } from './private-key.js';

/** The parts of a credential as they are kept: what is shown, and what is sealed. */
export interface CheckedParts {
  readonly shown: { readonly [part in ShownPart]?: string };
  /** Null where a change gives none. */
  readonly secret: CredentialSecret | null;
}

/**
 * The parts of a new credential. Refuses what is missing, what another type has, and a key that does not open; `by`
 * is who waits while a key opens, which takes its time.
 */
export async function newParts(
  type: CredentialType,
  given: GivenParts,
  by: string,
): Promise<CheckedParts & { readonly secret: CredentialSecret }> {
  refuseForeignParts(type, given);
  return { shown: shownOf(credentialParts[type].shown, given), secret: await secretOf(type, given, by) };
}

/** The parts that a change of a credential gives; what it leaves out stays. A secret is given whole. */
export async function changedParts(
  type: CredentialType,
  given: GivenParts,
  by: string,
): Promise<CheckedParts> {
  refuseForeignParts(type, given);
  const { shown, secret } = credentialParts[type];
  const cleared = [...shown, ...secret].find(
    (part) => given[part] === null && part !== 'privateKeyPassphrase',
  );
  if (cleared !== undefined)
    throw invalidInput(`input.${cleared}`, `cannot be cleared; a credential of type ${type} has one`);
  if (given.privateKeyPassphrase !== undefined && given.privateKey === undefined)
    throw invalidInput('input.privateKeyPassphrase', 'goes with privateKey; give the key as well');
  const isGiven = secret.some((part) => given[part] !== undefined);
  return {
    shown: shownOf(
      shown.filter((part) => given[part] !== undefined),
      given,
    ),
    secret: isGiven ? await secretOf(type, given, by) : null,
  };
}

function shownOf(parts: readonly ShownPart[], given: GivenParts): CheckedParts['shown'] {
  return Object.fromEntries(parts.map((part) => [part, checkedName(`input.${part}`, given[part])]));
}

async function secretOf(type: CredentialType, given: GivenParts, by: string): Promise<CredentialSecret> {
  switch (type) {
    case 'username_password':
    case 'username_password_domain':
    case 'password':
      return { password: checkedPassword('input.password', given.password) };
    case 'ssh_private_key':
      return checkedPrivateKey(given.privateKey, given.privateKeyPassphrase ?? null, by);
    case 'json':
      return { object: checkedObject('input.object', given.object) };
  }
}
