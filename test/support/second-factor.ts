import { TOTP } from 'otpauth';
import { randomText } from '../../src/core/id';
import { firstPassword, newAccount, type World } from './world';

/** The code of an authenticator whose clock is off by so many steps of thirty seconds. */
export function codeAt(secret: string, steps = 0, nowMs = Date.now()): string {
  return new TOTP({ secret }).generate({ timestamp: nowMs + steps * 30_000 });
}

export interface Factor {
  readonly accountId: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** Begins a second factor of an account whose password is the first one; its secret. */
export async function enrolled(world: World, accountId: string): Promise<string> {
  const { data, errors } = await world.run('enrollTotp', { accountId, currentPassword: firstPassword });
  expect(errors).toBeUndefined();
  const { secret } = data!['enrollTotp'];
  world.secrets.push(secret);
  return secret as string;
}

/** Puts a second factor of an account in force; the next code that is good is that of the next step. */
export async function withFactor(world: World, accountId: string): Promise<Factor> {
  const secret = await enrolled(world, accountId);
  const { data, errors } = await world.run('confirmTotp', { accountId, code: codeAt(secret) });
  expect(errors).toBeUndefined();
  const { recoveryCodes } = data!['confirmTotp'];
  world.secrets.push(...recoveryCodes);
  return { accountId, secret, recoveryCodes };
}

/** An account of the org with a second factor. */
export const newFactor = async (world: World): Promise<Factor> => withFactor(world, await newAccount(world));

/** An account that everybody may try to sign in to, with a second factor. */
export async function newSignIn(world: World): Promise<Factor & { loginName: string }> {
  const loginName = randomText(12).toLowerCase();
  const input = { authMethodId: 'ampw_1234567890', loginName, password: firstPassword };
  const { id } = await world.made('createAccount', input);
  return { ...(await withFactor(world, id)), loginName };
}

/** A login that waits for a code; its challenge. */
export async function challenged(world: World, loginName: string, password = firstPassword): Promise<string> {
  const input = { authMethodId: 'ampw_1234567890', loginName, password };
  const { data, errors } = await world.server.ask(
    'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token authToken { id } challenge { id expiresAt } } }',
    { input },
  );
  expect(errors).toBeUndefined();
  const { token, authToken, challenge } = data!['authenticate'];
  expect({ token, authToken }).toEqual({ token: null, authToken: null });
  world.secrets.push(challenge.id);
  return challenge.id as string;
}
