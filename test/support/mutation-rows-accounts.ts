import { randomText } from '../../src/core/id';
import { newUser } from './identities';
import { missingLike } from './masked';
import { challenged, codeAt, enrolled, newFactor, newSignIn } from './second-factor';
import { row, seesAll, seesScope, type MutationRow, type ProofRow } from './mutation-row';
import { firstPassword, newAccount, newAuthMethod, newServiceUser, org, secondPassword } from './world';

const inOrg = { scope: org };
const loginName = (): string => randomText(12).toLowerCase();

const signIn: ProofRow = {
  mutation: 'authenticate',
  async proof(world) {
    const login = { loginName: 'admin', password: 'password', authMethodId: 'ampw_1234567890' };
    return {
      right: login,
      wrong: { ...login, password: 'wrong' },
      // Where nobody is granted to sign in.
      hidden: { ...login, authMethodId: await newAuthMethod(world) },
      missing: { ...login, authMethodId: 'ampw_0000000000' },
    };
  },
  refusedAs: ['UNAUTHENTICATED', 'NOT_FOUND'],
};

const continueSignIn: ProofRow = {
  mutation: 'continueAuthentication',
  async proof(world) {
    const [one, other] = [await newSignIn(world), await newSignIn(world)];
    const [challengeId, over] = [
      await challenged(world, one.loginName),
      await challenged(world, other.loginName),
    ];
    await world.made('removeTotp', { accountId: other.accountId });
    const [code, right] = ['0'.repeat(6), codeAt(one.secret, 1)];
    return {
      right: { challengeId, code: right },
      wrong: { challengeId, code },
      hidden: { challengeId: over, code },
      missing: { challengeId: missingLike(over), code },
    };
  },
  refusedAs: ['UNAUTHENTICATED', 'UNAUTHENTICATED'],
};

const factors: readonly MutationRow[] = [
  row(
    'enrollTotp',
    'account change-password',
    newAccount,
    (accountId) => ({ accountId, currentPassword: firstPassword }),
    inOrg,
  ),
  row(
    'confirmTotp',
    'account change-password',
    async (world) => {
      const id = await newAccount(world);
      return { id, code: codeAt(await enrolled(world, id)) };
    },
    ({ id: accountId, code }) => ({ accountId, code }),
    inOrg,
  ),
  ...['renewRecoveryCodes', 'removeTotp'].map((mutation) =>
    row(
      mutation,
      'account change-password',
      async (world) => {
        const { accountId: id, secret } = await newFactor(world);
        return { id, code: codeAt(secret, 1) };
      },
      ({ id: accountId, code }) => ({ accountId, code }),
      inOrg,
    ),
  ),
  row(
    'removeTotp',
    'account set-password',
    async (world) => (await newFactor(world)).accountId,
    (accountId) => ({ accountId }),
    inOrg,
  ),
];

const methods: readonly MutationRow[] = [
  row(
    'createAuthMethod',
    'auth-method create',
    () => org,
    (scopeId) => ({ scopeId }),
    { scope: org, sees: seesScope.org },
  ),
  row(
    'updateAuthMethod',
    'auth-method update',
    newAuthMethod,
    (id) => ({ id, expectedVersion: 1, minPasswordLength: 10 }),
    inOrg,
  ),
  row('deleteAuthMethod', 'auth-method delete', newAuthMethod, (id) => ({ id }), inOrg),
];

const accounts: readonly MutationRow[] = [
  row(
    'createAccount',
    'account create',
    newAuthMethod,
    (authMethodId) => ({ authMethodId, loginName: loginName(), password: firstPassword }),
    { scope: org, sees: { scope: org, grant: seesAll('auth-method') } },
  ),
  row(
    'updateAccount',
    'account update',
    newAccount,
    (id) => ({ id, expectedVersion: 1, loginName: loginName() }),
    inOrg,
  ),
  row('deleteAccount', 'account delete', newAccount, (id) => ({ id }), inOrg),
  row(
    'setAccountPassword',
    'account set-password',
    newAccount,
    (id) => ({ id, expectedVersion: 1, password: secondPassword }),
    inOrg,
  ),
  row(
    'changeAccountPassword',
    'account change-password',
    newAccount,
    (id) => ({ id, expectedVersion: 1, currentPassword: firstPassword, newPassword: secondPassword }),
    inOrg,
  ),
];

const tokens: readonly MutationRow[] = [
  row(
    'issueApiToken',
    'user issue-api-token',
    newServiceUser,
    ({ id }) => ({ userId: id, name: 'ci' }),
    inOrg,
  ),
  row(
    'deleteAuthToken',
    'auth-token delete',
    async ({ server }) => (await newUser(server)).tokenId,
    (id) => ({ id }),
    { scope: 'global' },
  ),
];

export const accountRows: readonly MutationRow[] = [
  signIn,
  continueSignIn,
  ...methods,
  ...accounts,
  ...factors,
  ...tokens,
];
