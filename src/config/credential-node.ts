import { newParts, type CheckedParts } from '../credential/checked-parts.js';
import type { CredentialSecret, CredentialType, GivenParts } from '../credential/credential.rules.js';
import { isFailure } from '../core/failure.js';
import { ConfigFailure, type ConfigFault } from './config-fault.js';
import type { ConfigNode } from './graph.js';
import { secretOf } from './secret.js';

export type CredentialParts = CheckedParts & { readonly secret: CredentialSecret };

/** The type of a credential of a configuration. */
export function credentialType({ attributes }: ConfigNode): CredentialType {
  return attributes['type'] as CredentialType;
}

/** The parts of a credential of a configuration, its secrets looked up and checked. Throws ConfigFailure. */
export async function partsOf(
  file: string,
  node: ConfigNode,
  env: NodeJS.ProcessEnv,
): Promise<CredentialParts> {
  const { address, attributes, secrets } = node;
  const found: Record<string, string> = {};
  for (const [name, source] of Object.entries(secrets)) found[name] = secretOf(source, file, address, env);
  const { username, domain } = attributes as Pick<GivenParts, 'username' | 'domain'>;
  const { password, private_key: privateKey, private_key_passphrase: privateKeyPassphrase, object } = found;
  const given = { username, domain, password, privateKey, privateKeyPassphrase };
  const refuse = (...faults: readonly string[]): ConfigFailure =>
    new ConfigFailure(faults.map((message): ConfigFault => ({ place: `${file}: ${address}`, message })));
  try {
    const all = { ...given, object: object === undefined ? undefined : objectIn(object) };
    const isGiven = ([, value]: [string, unknown]): boolean => value !== undefined;
    return await newParts(
      credentialType(node),
      Object.fromEntries(Object.entries(all).filter(isGiven)),
      address,
    );
  } catch (error) {
    if (!isFailure(error) || error.problem.code !== 'INVALID_INPUT') throw error;
    throw refuse(...error.problem.issues.map(({ path, message }) => `${inConfig(path)} ${message}`));
  }
}

// What is no JSON is refused as an object that is none, without a word of it.
function objectIn(text: string): object | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** `input.privateKey` as a configuration calls it. */
function inConfig(path: string): string {
  return path.replace('input.', '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
