import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandsOf, killPrograms, type Commands } from '../support/commands';
import { runProgram, type Ended } from '../support/program';
import { codeAt } from '../support/second-factor';
import { startTestServer, type TestServer } from '../support/test-server';

let server: TestServer;
let admin: Commands;
let home: string;
beforeAll(async () => {
  server = await startTestServer();
  admin = commandsOf(server, await server.signIn());
  home = mkdtempSync(join(tmpdir(), 'postern-factor-'));
});
afterAll(async () => {
  killPrograms();
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

const id = 'acctpw_0987654321';
const asMe = (args: readonly string[], input = '', more: Record<string, string> = {}): Promise<Ended> =>
  runProgram(args, { env: { HOME: home, POSTERN_ADDR: server.url, ...more }, input }).ended;
const signIn = (...args: string[]): string[] => ['authenticate', 'password', '-login-name=user', ...args];
const anew = () => server.database.sql('update account_totp set last_step = 0, wrong_codes = 0');

test('a person begins a second factor, signs in with it, renews the codes, and removes it', async () => {
  expect(await asMe(signIn(), 'password\n')).toMatchObject({ code: 0 });
  const enrolled = await asMe(['accounts', 'enroll-totp', `-id=${id}`], 'password\n');
  expect(enrolled).toMatchObject({ code: 0, stderr: '' });
  const [, spaced = ''] = /Secret: +((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\n/.exec(enrolled.stdout) ?? [];
  const secret = spaced.replaceAll(' ', '');
  expect(enrolled.stdout).toContain(`otpauth://totp/Postern:user?issuer=Postern&secret=${secret}`);
  expect(enrolled.stdout).toContain(`postern accounts confirm-totp -id=${id}`);
  const confirmed = await asMe(
    ['accounts', 'confirm-totp', `-id=${id}`, '-code', '-'],
    `${codeAt(secret)}\n`,
  );
  const codes: readonly string[] = confirmed.stdout.match(/\b([a-z2-7]{4}-){3}[a-z2-7]{4}\b/g) ?? [];
  expect(codes).toHaveLength(10);
  expect(await admin.table('accounts', 'read', `-id=${id}`)).toMatch(
    /Has Second Factor: +true[\s\S]*Recovery Codes Left: +10/,
  );

  // Without a terminal there is nobody to ask.
  expect(await asMe(signIn(), 'password\n')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^a code is asked for: give -totp-code=env:\/\/NAME, .* or run this at a terminal\n$/,
    ),
  });
  await anew();
  expect(await asMe(signIn('-totp-code=-'), `password\n${codeAt(secret)}\n`)).toMatchObject({ code: 0 });
  const ofVariables = ['-password=env://PASSWORD', '-totp-code=env://CODE'];
  const again = { PASSWORD: 'password', CODE: codeAt(secret) };
  expect(await asMe(signIn(...ofVariables), '', again)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/^the code is wrong or was used, or the login is over; /),
  });
  const recovery = { PASSWORD: 'password', CODE: codes[0]! };
  expect(await asMe(signIn(...ofVariables), '', recovery)).toMatchObject({ code: 0, stderr: '' });
  expect(await asMe(signIn('-totp-code=123456'), 'password\n')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^-totp-code takes env:\/\/NAME, file:\/\/PATH or -: an argument/),
  });

  const renewed = await asMe(
    ['accounts', 'renew-recovery-codes', `-id=${id}`, '-code=env://CODE', '-format=json'],
    '',
    { CODE: codes[1]! },
  );
  const { recovery_codes: others, item } = JSON.parse(renewed.stdout) as {
    recovery_codes: string[];
    item: object;
  };
  expect(item).toMatchObject({ id, hasTotp: true, recoveryCodesLeft: 10 });
  expect(others.filter((code) => codes.includes(code))).toEqual([]);
  const remove = ['accounts', 'remove-totp', `-id=${id}`];
  expect(await asMe(remove)).toMatchObject({
    code: 1,
    stderr: 'input.code: is missing; give one of the authenticator, or a recovery code\n',
  });
  expect(await asMe([...remove, '-code=env://CODE'], '', { CODE: others[0]! })).toMatchObject({ code: 0 });
  expect(await asMe(signIn(), 'password\n')).toMatchObject({ code: 0 });
});

test('an administrator removes the second factor of who has lost the phone', async () => {
  const enrol = ['accounts', 'enroll-totp', `-id=${id}`, '-current-password=env://PASSWORD', '-format=json'];
  const { stdout } = await asMe(enrol, '', { PASSWORD: 'password' });
  const { secret } = JSON.parse(stdout) as { secret: string };
  const confirm = ['accounts', 'confirm-totp', `-id=${id}`, '-code=env://CODE'];
  expect(await asMe(confirm, '', { CODE: codeAt(secret) })).toMatchObject({ code: 0 });
  expect(await admin.table('accounts', 'remove-totp', `-id=${id}`)).toMatch(
    /^\nThe second factor is removed/,
  );
  expect(await asMe(signIn(), 'password\n')).toMatchObject({ code: 0 });
});

test('a person who tries too often is told in plain words how long to wait', async () => {
  const limited = await startTestServer({ loginFailures: '2' });
  const tryIt = () =>
    runProgram(['authenticate', 'password', '-login-name=admin'], {
      env: { HOME: home, POSTERN_ADDR: limited.url },
      input: 'wrong\n',
    }).ended;
  expect(await tryIt()).toMatchObject({ code: 3, stderr: 'login name or password is wrong\n' });
  await tryIt();
  expect(await tryIt()).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^too many sign-ins; wait 1\d seconds, then try again\n$/),
  });
  await limited.stop();
});
