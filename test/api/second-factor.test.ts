import { Client } from 'pg';
import { keptLog } from '../support/kept-log';
import { grantTo, newUser } from '../support/identities';
import { eventually } from '../support/session-client';
import { challenged, codeAt, newSignIn, withFactor, type Factor } from '../support/second-factor';
import { startTestServer, type Answer } from '../support/test-server';
import { firstPassword, newAccount, secondPassword, startWorld, type World } from '../support/world';

const log = keptLog();
let world: World;
beforeAll(async () => {
  world = await startWorld({}, {}, log);
  for (const [who, grant] of [
    ['u_anon', 'ids=*;type=auth-method;actions=authenticate'],
    ['u_auth', 'ids={{.Account.Id}};actions=read,change-password'],
  ] as const)
    await grantTo(world.server, who, { scope: 'global', grants: [grant] });
});
afterAll(() => world.server.stop());

const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
const messageOf = ({ errors }: Answer): string | undefined => errors?.[0]?.message;
const sql: World['server']['database']['sql'] = (...args) => world.server.database.sql(...args);
const refusal = 'the code is wrong or was used, or the login is over; try the next code, or sign in again';

const answer = (challengeId: string, code: string): Promise<Answer> =>
  world.server.ask(
    'mutation ($input: ContinueAuthenticationInput!) { continueAuthentication(input: $input) { token authToken { id userId } } }',
    { input: { challengeId, code } },
  );
const tokenOf = ({ data }: Answer): string | undefined => data?.['continueAuthentication'].token;
const account = async (
  id: string,
): Promise<{ version: number; hasTotp: boolean; recoveryCodesLeft: number }> => {
  const { data } = await world.server.ask(
    `{ account(id: "${id}") { version hasTotp recoveryCodesLeft } }`,
    {},
    world.admin,
  );
  return data!['account'] as Awaited<ReturnType<typeof account>>;
};
/** So that codes of now are good again, and none has to wait. */
const anew = (accountId: string) =>
  sql('update account_totp set last_step = 0, wrong_codes = 0, tried_at = null where account_id = $1', [
    accountId,
  ]);
/** A code that is not good at any time near now. */
const wrongCode = (secret: string): string => {
  const good = [-2, -1, 0, 1, 2].map((steps) => codeAt(secret, steps));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code))!;
};

describe('a second factor', () => {
  test('is not in force before a code of it was shown, then asks each login for one, until it is removed', async () => {
    const { id, loginName } = await newPlain();
    expect(await account(id)).toEqual({ version: 1, hasTotp: false, recoveryCodesLeft: 0 });
    expect(await signIn(loginName)).toMatchObject({ challenge: null, token: expect.stringMatching(/^at_/) });
    const { version } = await account(id);
    const { data } = await world.run('enrollTotp', { accountId: id, currentPassword: firstPassword });
    const { secret, uri } = data!['enrollTotp'];
    world.secrets.push(secret);
    expect(uri).toContain(`otpauth://totp/Postern:${loginName}?issuer=Postern&secret=${secret}`);
    expect(await account(id)).toEqual({ version, hasTotp: false, recoveryCodesLeft: 0 });
    expect(await signIn(loginName)).toMatchObject({ challenge: null });
    const confirmed = await world.run('confirmTotp', { accountId: id, code: codeAt(secret) });
    world.secrets.push(...confirmed.data!['confirmTotp'].recoveryCodes);
    expect(new Set(confirmed.data!['confirmTotp'].recoveryCodes).size).toBe(10);
    expect(await account(id)).toEqual({ version: version + 1, hasTotp: true, recoveryCodesLeft: 10 });
    const challenge = await challenged(world, loginName);
    expect(challenge).toMatch(/^ch_[A-Za-z0-9]{32}$/);
    const token = tokenOf(await answer(challenge, codeAt(secret, 1)));
    expect(token).toMatch(/^at_/);
    world.secrets.push(token!);
    const viewer = await world.server.ask('{ viewer { loginName } }', {}, token);
    expect(viewer.data!['viewer']).toEqual({ loginName });
    await world.made('removeTotp', { accountId: id });
    expect(await account(id)).toEqual({ version: version + 2, hasTotp: false, recoveryCodesLeft: 0 });
    expect(await signIn(loginName)).toMatchObject({ challenge: null });
  });

  test('is begun by who has the account and knows its password, and by nobody else', async () => {
    const { id, loginName } = await newPlain();
    const { token } = (await signIn(loginName)) as { token: string };
    const begin = (currentPassword: string, accountId = id) =>
      world.run('enrollTotp', { accountId, currentPassword }, token);
    const wrong = await begin(secondPassword);
    expect([codeOf(wrong), messageOf(wrong)]).toEqual([
      'FORBIDDEN',
      expect.stringMatching(/^the current password is wrong \(denial/),
    ]);
    expect(codeOf(await begin('x'.repeat(1025)))).toBe('INVALID_INPUT');
    expect(codeOf(await begin(firstPassword, (await newPlain()).id))).toBe('NOT_FOUND');
    expect(codeOf(await begin(firstPassword))).toBeUndefined();
    expect(codeOf(await world.run('removeTotp', { accountId: id }, token))).toBe('INVALID_STATE');
  });

  test('that is begun twice has the second secret, and one in force has to be removed first', async () => {
    const { id } = await newPlain();
    const begin = () => world.run('enrollTotp', { accountId: id, currentPassword: firstPassword });
    const [first, second] = [await begin(), await begin()].map(
      ({ data }) => data!['enrollTotp'].secret as string,
    );
    world.secrets.push(first!, second!);
    const confirm = (code: string) => world.run('confirmTotp', { accountId: id, code });
    const refused = await confirm(codeAt(first!));
    expect([codeOf(refused), messageOf(refused)]).toEqual([
      'FORBIDDEN',
      expect.stringMatching(/^the code is wrong or was used; try the next one \(denial/),
    ]);
    expect(codeOf(await confirm('abcd-efgh-ijkl-mnop'))).toBe('FORBIDDEN');
    expect(codeOf(await confirm(codeAt(second!)))).toBeUndefined();
    expect(messageOf(await begin())).toBe(
      'the account has a second factor; remove it before it gets another',
    );
    expect(messageOf(await confirm(codeAt(second!, 1)))).toMatch(/^the account has a second factor/);
  });

  test.each([
    ['confirmTotp', 'the account has no second factor to confirm; enrol it first'],
    ['renewRecoveryCodes', 'the account has no second factor in force'],
    ['removeTotp', 'the account has no second factor in force'],
  ])('that is not there: %s says so', async (mutation, message) => {
    const { id: accountId } = await newPlain();
    expect(messageOf(await world.run(mutation, { accountId, code: '123456' }))).toBe(message);
  });

  test('is confirmed once by two at once', async () => {
    const { id: accountId } = await newPlain();
    const { data } = await world.run('enrollTotp', { accountId, currentPassword: firstPassword });
    const { secret } = data!['enrollTotp'];
    const answers = await Promise.all(
      [0, 1].map((steps) => world.run('confirmTotp', { accountId, code: codeAt(secret, steps) })),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    expect(await account(accountId)).toMatchObject({ hasTotp: true, recoveryCodesLeft: 10 });
  });

  test('is removed with a code by its owner, and without one by who may set the password', async () => {
    const { accountId, secret, loginName } = await newSignIn(world);
    const owner = tokenOf(await answer(await challenged(world, loginName), codeAt(secret, 1)))!;
    const remove = (code?: string) => world.run('removeTotp', { accountId, code }, owner);
    expect(codeOf(await remove())).toBe('INVALID_INPUT');
    expect(codeOf(await remove(wrongCode(secret)))).toBe('FORBIDDEN');
    expect(codeOf(await remove(codeAt(secret, 1)))).toBe('FORBIDDEN');
    await anew(accountId);
    expect(codeOf(await remove(codeAt(secret)))).toBeUndefined();
    await withFactor(world, accountId);
    const helper = await newUser(world.server, [
      { scope: 'global', grants: [`ids=${accountId};actions=set-password`] },
    ]);
    expect(codeOf(await world.run('removeTotp', { accountId }, helper.token))).toBeUndefined();
    expect(await account(accountId)).toMatchObject({ hasTotp: false });
  });

  test('is hidden with the other attributes of an account', async () => {
    const { accountId } = await withFactor(world, await newAccount(world));
    const { token } = await newUser(world.server, [
      { scope: 'o_1234567890', grants: ['ids=*;type=account;actions=read;output_fields=id,version'] },
    ]);
    const { data } = await world.server.ask(
      `{ account(id: "${accountId}") { id hasTotp recoveryCodesLeft hasPassword } }`,
      {},
      token,
    );
    expect(data!['account']).toEqual({
      id: accountId,
      hasTotp: null,
      recoveryCodesLeft: null,
      hasPassword: null,
    });
  });
});

describe('a code', () => {
  let factor: Factor & { loginName: string };
  beforeAll(async () => {
    factor = await newSignIn(world);
  });
  beforeEach(() => anew(factor.accountId));

  test('is good once, and no earlier one after it', async () => {
    const { loginName, secret } = factor;
    const [first, second, third] = [1, 2, 3].map(() => challenged(world, loginName));
    expect(tokenOf(await answer(await first!, codeAt(secret)))).toMatch(/^at_/);
    const replayed = await answer(await second!, codeAt(secret));
    expect([codeOf(replayed), messageOf(replayed)]).toEqual(['UNAUTHENTICATED', refusal]);
    expect(messageOf(await answer(await second!, codeAt(secret, -1)))).toBe(refusal);
    expect(tokenOf(await answer(await third!, codeAt(secret, 1)))).toMatch(/^at_/);
  });

  test.each([
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ])('of a phone whose clock is %i steps off: good is %j', async (steps, isGood) => {
    // Not where a step ends while the code is under way.
    await eventually('the middle of a step', () => Promise.resolve(Date.now() % 30_000 < 25_000), 10_000);
    const challenge = await challenged(world, factor.loginName);
    expect(tokenOf(await answer(challenge, codeAt(factor.secret, steps))) !== undefined).toBe(isGood);
  });

  test('is of the database’s clock, by which all controllers go', async () => {
    const { loginName, secret } = factor;
    const shifted = await startTestServer(
      { workerName: 'shifted' },
      { POSTERN_TEST_CLOCK_SHIFT: '2 hours' },
      world.server.database,
    );
    const { data } = await shifted.ask(
      `mutation { authenticate(input: { loginName: "${loginName}", password: "${firstPassword}" }) { challenge { id } } }`,
    );
    const { id } = data!['authenticate'].challenge;
    const ask = (code: string) =>
      shifted.ask(
        `mutation { continueAuthentication(input: { challengeId: "${id}", code: "${code}" }) { token } }`,
      );
    expect(messageOf(await ask(codeAt(secret)))).toBe(refusal);
    expect(tokenOf(await ask(codeAt(secret, 240)))).toMatch(/^at_/);
    await shifted.stop();
  });

  test('gives one token to two who show it at once', async () => {
    const { loginName, secret } = factor;
    const challenges = await Promise.all([1, 2, 3, 4].map(() => challenged(world, loginName)));
    const answers = await Promise.all(challenges.map((id) => answer(id, codeAt(secret))));
    expect(answers.filter((one) => tokenOf(one) !== undefined)).toHaveLength(1);
    expect(new Set(answers.filter(({ errors }) => errors).map(messageOf))).toEqual(new Set([refusal]));
  });

  test('for a challenge that two answer at once with two codes gives one token', async () => {
    const challenge = await challenged(world, factor.loginName);
    const answers = await Promise.all([0, 1].map((steps) => answer(challenge, codeAt(factor.secret, steps))));
    expect(answers.filter((one) => tokenOf(one) !== undefined)).toHaveLength(1);
  });

  test('of recovery is good once each, however it is typed, and another account’s is not', async () => {
    const { loginName, recoveryCodes, accountId } = factor;
    const other = await newSignIn(world);
    const use = async (code: string) => answer(await challenged(world, loginName), code);
    expect(messageOf(await use(other.recoveryCodes[0]!))).toBe(refusal);
    for (const [index, code] of recoveryCodes.entries()) {
      expect(tokenOf(await use(index % 2 ? code : code.toUpperCase().replaceAll('-', ' ')))).toMatch(/^at_/);
      expect(messageOf(await use(code))).toBe(refusal);
      expect(await account(accountId)).toMatchObject({ recoveryCodesLeft: 9 - index });
    }
  });

  test('of recovery is used up by one of two at once', async () => {
    const { loginName, recoveryCodes } = await newSignIn(world);
    const challenges = await Promise.all([1, 2, 3].map(() => challenged(world, loginName)));
    const answers = await Promise.all(challenges.map((id) => answer(id, recoveryCodes[0]!)));
    expect(answers.filter((one) => tokenOf(one) !== undefined)).toHaveLength(1);
  });

  test('renews the recovery codes, of which those before are good no longer', async () => {
    const { accountId, loginName, secret, recoveryCodes } = await newSignIn(world);
    const { data } = await world.run('renewRecoveryCodes', { accountId, code: codeAt(secret, 1) });
    const { recoveryCodes: renewed } = data!['renewRecoveryCodes'];
    world.secrets.push(...renewed);
    expect(messageOf(await answer(await challenged(world, loginName), recoveryCodes[0]!))).toBe(refusal);
    expect(tokenOf(await answer(await challenged(world, loginName), renewed[0]))).toMatch(/^at_/);
    const again = await world.run('renewRecoveryCodes', { accountId, code: renewed[1] });
    world.secrets.push(...again.data!['renewRecoveryCodes'].recoveryCodes);
    expect(await account(accountId)).toMatchObject({ recoveryCodesLeft: 10 });
  });
});

describe('wrong codes', () => {
  test('of an account wait, longer each time, whatever challenge they are for; a recovery code does not', async () => {
    const { accountId, loginName, secret, recoveryCodes } = await newSignIn(world);
    const wrong = wrongCode(secret);
    const guess = async () => answer(await challenged(world, loginName), wrong);
    for (let i = 0; i < 5; i++) expect(messageOf(await guess())).toBe(refusal);
    for (const seconds of [30, 60, 120, 240]) {
      const { errors, status } = await guess();
      expect(status).toBe(429);
      expect(errors![0]!.extensions).toMatchObject({ code: 'RATE_LIMITED', what: 'wrong codes' });
      const { retryAfterMs } = errors![0]!.extensions;
      expect(retryAfterMs).toBeLessThanOrEqual(seconds * 1000);
      expect(retryAfterMs).toBeGreaterThan(seconds * 1000 - 10_000);
      // A right one has to wait as well, or guessing would go on.
      const right = await answer(await challenged(world, loginName), codeAt(secret, 1));
      expect(codeOf(right)).toBe('RATE_LIMITED');
      await sql(
        `update account_totp set tried_at = tried_at - make_interval(secs => $2) where account_id = $1`,
        [accountId, seconds],
      );
      expect(messageOf(await guess())).toBe(refusal);
    }
    await sql('update account_totp set wrong_codes = 1000 where account_id = $1', [accountId]);
    expect((await guess()).errors![0]!.extensions['retryAfterMs']).toBeLessThanOrEqual(3_600_000);
    expect(tokenOf(await answer(await challenged(world, loginName), recoveryCodes[0]!))).toMatch(/^at_/);
    expect(tokenOf(await answer(await challenged(world, loginName), codeAt(secret, 1)))).toMatch(/^at_/);
  });

  test('are as few by the other ways, and count together', async () => {
    const { accountId, loginName, secret } = await newSignIn(world);
    const code = wrongCode(secret);
    expect(codeOf(await world.run('renewRecoveryCodes', { accountId, code }))).toBe('FORBIDDEN');
    for (let i = 0; i < 4; i++) await answer(await challenged(world, loginName), code);
    expect(codeOf(await world.run('renewRecoveryCodes', { accountId, code }))).toBe('RATE_LIMITED');
  });

  test('end a challenge with the fifth, of whatever kind they are', async () => {
    const { accountId, loginName, secret, recoveryCodes } = await newSignIn(world);
    const challenge = await challenged(world, loginName);
    const wrong = [wrongCode(secret), 'abcd-efgh-ijkl-mnop', '', 'x'.repeat(10_000), wrongCode(secret)];
    for (const code of wrong) expect(messageOf(await answer(challenge, code))).toBe(refusal);
    await anew(accountId);
    for (const code of [codeAt(secret, 1), recoveryCodes[0]!])
      expect(messageOf(await answer(challenge, code))).toBe(refusal);
    expect(tokenOf(await answer(await challenged(world, loginName), codeAt(secret, 1)))).toMatch(/^at_/);
  });
});

describe('a challenge', () => {
  let factor: Factor & { loginName: string };
  beforeAll(async () => {
    factor = await newSignIn(world);
  });
  beforeEach(() => anew(factor.accountId));

  test.each<[string, () => Promise<unknown>]>([
    [
      'its time',
      () =>
        sql(
          `update login_challenge set created_at = created_at - interval '6 m', expires_at = postern_now()`,
        ),
    ],
    ['another password', () => setPassword(secondPassword)],
    ['no password', () => setPassword(null)],
    ['the removal of the factor', () => world.made('removeTotp', { accountId: factor.accountId })],
    ['the deletion of the account', () => world.made('deleteAccount', { id: factor.accountId })],
  ])('is over by %s, and says no more than that a wrong code was given', async (_, end) => {
    factor = await newSignIn(world);
    const challenge = await challenged(world, factor.loginName);
    await end();
    const refused = await answer(challenge, codeAt(factor.secret, 1));
    const never = await answer(`ch_${'A'.repeat(32)}`, codeAt(factor.secret, 1));
    const told = [refused, never].map(({ status, errors }) => ({ status, errors }));
    for (const { errors } of told) delete errors![0]!.extensions['requestId'];
    expect(told[0]).toEqual(told[1]);
    expect([codeOf(refused), messageOf(refused)]).toEqual(['UNAUTHENTICATED', refusal]);
  });
  const setPassword = async (password: string | null) => {
    const { version: expectedVersion } = await account(factor.accountId);
    return world.made('setAccountPassword', { id: factor.accountId, expectedVersion, password });
  };

  test('ends with its token', async () => {
    const { loginName, secret } = await newSignIn(world);
    const challenge = await challenged(world, loginName);
    expect(tokenOf(await answer(challenge, codeAt(secret, 1)))).toMatch(/^at_/);
    expect(messageOf(await answer(challenge, codeAt(secret, 1)))).toBe(refusal);
  });

  test('is one of ten of its account: with an eleventh the oldest is over', async () => {
    const { loginName, secret } = await newSignIn(world);
    const challenges: string[] = [];
    for (let i = 0; i < 11; i++) challenges.push(await challenged(world, loginName));
    expect(messageOf(await answer(challenges[0]!, codeAt(secret, 1)))).toBe(refusal);
    expect(tokenOf(await answer(challenges[1]!, codeAt(secret, 1)))).toMatch(/^at_/);
  });

  test('is not passed by a login that was proven before the factor was in force', async () => {
    const { id, loginName } = await newPlain();
    await signIn(loginName);
    const { database } = world.server;
    const client = new Client(database.place);
    await client.connect();
    await client.query('begin');
    await client.query('select from account where id = $1 for update', [id]);
    const late = world.server.ask(
      `mutation { authenticate(input: { loginName: "${loginName}", password: "${firstPassword}" }) { token } }`,
    );
    await eventually('the login to wait for the account', async () => {
      const waiting = await sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length === 1;
    });
    await client.query(
      `insert into account_totp (account_id, sealed_secret, confirmed_at) values ($1, 'sealed', postern_now())`,
      [id],
    );
    await client.query('commit');
    await client.end();
    expect(messageOf(await late)).toBe('login name or password is wrong');
  });
});

test('the audit tells who began, confirmed, used and removed a factor, and no code or secret', async () => {
  const { accountId, loginName, secret } = await newSignIn(world);
  const challenge = await challenged(world, loginName);
  await answer(challenge, wrongCode(secret));
  await answer(challenge, codeAt(secret, 1));
  await world.made('removeTotp', { accountId });
  const rows = await sql(
    `select operation, outcome, error_code, after from audit
     where resource_id = $1 or after->>'accountId' = $1 or after->>'loginName' = $2 order by id`,
    [accountId, loginName],
  );
  expect(rows).toMatchObject([
    { operation: 'createAccount' },
    { operation: 'enrollTotp', outcome: 'done' },
    { operation: 'confirmTotp', outcome: 'done', after: { hasTotp: true, recoveryCodesLeft: 10 } },
    { operation: 'authenticate', outcome: 'done', after: { accountId, isChallenged: true } },
    { operation: 'continueAuthentication', outcome: 'refused', error_code: 'UNAUTHENTICATED' },
    {
      operation: 'continueAuthentication',
      outcome: 'done',
      after: { accountId, authTokenId: expect.any(String) },
    },
    { operation: 'removeTotp', outcome: 'done', after: { hasTotp: false } },
  ]);
});

test('no secret, code or challenge of any of this is kept where somebody reads, or in the clear', async () => {
  const parts = world.secrets.flatMap((one) => [one, one.slice(one.lastIndexOf('_') + 1)]);
  expect(parts.length).toBeGreaterThan(200);
  const tables = [
    'audit',
    'event',
    'event_inbox',
    'account_totp',
    'recovery_code',
    'login_challenge',
    'auth_token',
  ];
  for (const table of tables) {
    const rows = await sql(
      `select t::text as row from ${table} t where exists (select from unnest($1::text[]) s where strpos(t::text, s) > 0)`,
      [parts],
    );
    expect({ table, rows }).toEqual({ table, rows: [] });
  }
  const lines = JSON.stringify(log.lines);
  expect(log.lines.length).toBeGreaterThan(100);
  expect(parts.filter((one) => lines.includes(one))).toEqual([]);
});

async function newPlain(): Promise<{ id: string; loginName: string }> {
  const loginName = `plain-${(plain += 1)}`;
  const input = { authMethodId: 'ampw_1234567890', loginName, password: firstPassword };
  return { ...(await world.made('createAccount', input)), loginName };
}
let plain = 0;

async function signIn(loginName: string): Promise<Record<string, unknown>> {
  const { data } = await world.server.ask(
    `mutation { authenticate(input: { loginName: "${loginName}", password: "${firstPassword}" }) { token challenge { id } } }`,
  );
  return data!['authenticate'] as Record<string, unknown>;
}
