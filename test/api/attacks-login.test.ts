import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLimits } from '../../src/limits';
import { keptLog } from '../support/kept-log';
import { limitedServers, noLimits, outcomes, times } from '../support/limited-servers';
import { outcomeOf, sendRaw, tryLogin, type LoginTry, type RawAnswer } from '../support/raw-login';
import { authorize, makeTarget } from '../support/session-client';
import type { TestServer } from '../support/test-server';

const { serve } = limitedServers();

describe('L1: the answer to a wrong login', () => {
  /** All of an answer but for what differs from request to request. */
  const whole = ({ status, headers: { date: _, ...headers }, body }: RawAnswer): unknown => ({
    ...{ status, headers, length: body.length, body: body.replace(/req_\w{10}/, 'req_') },
  });
  const accounts = async ({ database: { sql } }: TestServer): Promise<void> => {
    await sql(`insert into auth_method (id, scope_id, name) values ('ampw_other00000', 'global', 'other')`);
    await sql(`insert into account (id, auth_method_id, scope_id, user_id, login_name) values
      ('acctpw_nopass0000', 'ampw_1234567890', 'global', null, 'no-pass'),
      ('acctpw_nouser0000', 'ampw_other00000', 'global', null, 'no-user')`);
    await sql(`insert into account_password (account_id, hash)
      select 'acctpw_nouser0000', hash from account_password where account_id = 'acctpw_1234567890'`);
  };
  const cases: [string, LoginTry][] = [
    ['an unknown name', { loginName: 'zzzzz' }],
    ['an unknown name with a password that is somebody’s', { loginName: 'zzzzz', password: 'password' }],
    ['a wrong password', { loginName: 'admin' }],
    ['a name in upper case', { loginName: 'Admin', password: 'password' }],
    ['an account without a password', { loginName: 'no-pass' }],
    [
      'a right password of nobody',
      { loginName: 'no-user', password: 'password', authMethodId: 'ampw_other00000' },
    ],
    ['a wrong password of nobody', { loginName: 'no-user', authMethodId: 'ampw_other00000' }],
    ['no name', { loginName: '' }],
    ['no password', { password: '' }],
  ];

  test('is the same in status, headers, size and text, whatever part is wrong', async () => {
    const server = await serve(noLimits);
    await accounts(server);
    const answers = new Map<string, unknown>();
    for (const [what, asked] of cases) answers.set(what, whole(await tryLogin(server, asked)));
    const expected = answers.get('an unknown name');
    expect(expected).toMatchObject({
      status: 200,
      body: expect.stringContaining('login name or password is wrong'),
    });
    for (const [what, answer] of answers) expect([what, answer]).toEqual([what, expected]);
  });

  test('is the same for names that exist and names that do not once they have to wait', async () => {
    const server = await serve({ loginFailures: '2' });
    await accounts(server);
    const answers: unknown[] = [];
    for (const loginName of ['zzzzz', 'admin', 'no-pass']) {
      await outcomes(
        server,
        times(2, () => ({ loginName })),
      );
      const refused = await tryLogin(server, { loginName });
      const seconds = Number(/"retryAfterMs":(\d+)/.exec(refused.body)?.[1]) / 1000;
      expect(refused.headers['retry-after']).toBe(String(Math.ceil(seconds)));
      answers.push(whole({ ...refused, body: refused.body.replace(/\d+(?=,"what)|\d+(?= seconds)/g, 'N') }));
    }
    expect(
      new Set(answers.map((one) => JSON.stringify(one).replaceAll(/"retry-after":"\d+"|"length":\d+/g, '')))
        .size,
    ).toBe(1);
  });
});

describe('L5: a token', () => {
  test('has 190 random bits behind a public part, and the database has their hash alone', async () => {
    const server = await serve(noLimits);
    const token = await server.signIn();
    const [, id, secret] = /^(at_[A-Za-z0-9]{10})_([A-Za-z0-9]{32})$/.exec(token)!;
    expect(32 * Math.log2(62)).toBeGreaterThan(128);
    const [row] = await server.database.sql<{ hash: Buffer; row: string }>(
      'select secret_hash as hash, t::text as row from auth_token t where id = $1',
      [id],
    );
    expect(row!.hash).toHaveLength(32);
    expect(row!.row).not.toContain(secret);
  });

  test('that is nearly right is told nothing but that it is not valid', async () => {
    const server = await serve(noLimits);
    const token = await server.signIn();
    const other = (letter: string): string => (letter === 'a' ? 'b' : 'a');
    const changed = (at: number): string => token.slice(0, at) + other(token.at(at)!) + token.slice(at + 1);
    const guesses = [
      changed(14),
      changed(30),
      changed(token.length - 1),
      `at_0000000000_${token.slice(14)}`,
      token.slice(0, -1),
    ];
    const query = '{ session(id: "s_0000000000") { id } }';
    const answers: string[] = [];
    for (const guess of guesses) {
      const { status, errors } = await server.ask(query, {}, guess);
      answers.push(`${status} ${errors![0]!.extensions['code']} ${errors![0]!.message}`);
    }
    expect(new Set(answers)).toEqual(
      new Set([
        '200 UNAUTHENTICATED the token is not valid (any more); sign in again: postern authenticate password',
      ]),
    );
  });
});

describe('L9: a token or a password', () => {
  test('is in no log, audit row, event, error or answer but the one to the login, however it is sent', async () => {
    const log = keptLog();
    const server = await serve(noLimits, {}, log);
    const token = await server.signIn();
    const secret = token.split('_')[2]!;
    const password = 'one-that-stands-nowhere-else';
    const bearer = { authorization: `Bearer ${token}` };
    const answers = [
      await tryLogin(server, { password, headers: bearer }),
      await sendRaw(server, { body: `{"query":"{ nothing(a: \\"${token}\\") }"}`, headers: bearer }),
      await sendRaw(server, { body: `{"query":"{ viewer { id } }", "token":"${token}`, headers: bearer }),
      await sendRaw(server, {
        method: 'GET',
        path: `/graphql?query={viewer{id}}&token=${token}&access_token=${token}`,
      }),
      await sendRaw(server, { method: 'GET', path: `/${token}`, headers: { cookie: `token=${token}` } }),
      await sendRaw(server, {
        body: JSON.stringify({ query: '{ viewer { id } }' }),
        headers: { cookie: `token=${token}` },
      }),
    ];
    for (const { body, headers } of answers) {
      expect(body.replaceAll(`"{ nothing(a: ${token})`, '')).not.toContain(secret);
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
    // Neither an address nor a cookie signs anybody in.
    for (const at of [3, 5]) expect(answers[at]!.body).toContain('"viewer":null');
    const kept = await server.database.sql<{ row: string }>(
      'select a::text as row from audit a union all select e::text from event e union all select i::text from event_inbox i',
    );
    const text = JSON.stringify([...kept, ...log.lines]);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(password);
  });

  test('is kept by no page of ours where another script or the next visitor finds it', () => {
    const page = readFileSync(join(__dirname, '../../src/graphql/playground/playground.js'), 'utf8');
    expect(page).toContain('authorization: `Bearer ${token}`');
    expect(page).not.toMatch(
      /localStorage|sessionStorage|indexedDB|document\.cookie|history\.|location\.hash/,
    );
  });
});

describe('L10: a login by another’s page', () => {
  const query = 'mutation { authenticate(input: { loginName: "admin", password: "password" }) { token } }';
  test.each<[string, Parameters<typeof sendRaw>[1], number]>([
    [
      'a form',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `query=${query}` },
      415,
    ],
    [
      'a form of plain text',
      { headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ query }) },
      415,
    ],
    [
      'a form with files',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' },
      415,
    ],
    ['a link', { method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}` }, 405],
    ['a script', { headers: { origin: 'https://evil.example' }, body: JSON.stringify({ query }) }, 403],
    ['a page without an origin', { headers: { origin: 'null' }, body: JSON.stringify({ query }) }, 403],
    [
      'a name that was pointed here',
      { headers: { host: 'evil.example' }, body: JSON.stringify({ query }) },
      421,
    ],
  ])('by %s is refused, and nobody is signed in', async (_, asked, status) => {
    const server = await serve(noLimits);
    const before = await server.database.sql('select id from auth_token');
    const answer = await sendRaw(server, asked);
    expect(answer.status).toBe(status);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await server.database.sql('select id from auth_token')).toEqual(before);
  });

  test('cannot have a token taken that was known before: each login has its own', async () => {
    const server = await serve(noLimits);
    const planted = await server.signIn('user');
    const login = async () => {
      const answer = await tryLogin(server, {
        password: 'password',
        headers: { authorization: `Bearer ${planted}` },
      });
      expect(answer.headers['set-cookie']).toBeUndefined();
      return (JSON.parse(answer.body) as { data: { authenticate: { token: string } } }).data.authenticate
        .token;
    };
    const tokens = [planted, await login(), await login()];
    expect(new Set(tokens).size).toBe(3);
    expect(new Set(tokens.map((token) => token.split('_')[1])).size).toBe(3);
    const viewer = await server.ask('{ viewer { loginName } }', {}, planted);
    expect(viewer.data!['viewer']).toEqual({ loginName: 'user' });
  });
});

describe('L11: more tokens than an account may have', () => {
  const live = async (server: TestServer): Promise<string[]> => {
    const rows = await server.database.sql<{ id: string }>(
      `select id from auth_token where account_id = 'acctpw_1234567890' order by created_at, id`,
    );
    return rows.map(({ id }) => id);
  };
  const idOf = (token: string): string => token.split('_').slice(0, 2).join('_');

  test('end the one that was used least recently, with its sessions, and the audit says so', async () => {
    const server = await serve(noLimits, { mostAccountTokens: 3 });
    const [first, second, third] = [await server.signIn(), await server.signIn(), await server.signIn()];
    const session = await authorize(server, second, await makeTarget(server, 22));
    await server.database.sql(
      `update auth_token set last_used_at = last_used_at - case id when $1 then interval '1 h' else interval '1 m' end`,
      [idOf(second)],
    );
    const fourth = await server.signIn();
    expect(await live(server)).toEqual([first, third, fourth].map(idOf));
    expect((await server.ask('{ viewer { id } }', {}, second)).data!['viewer']).toBeNull();
    const [row] = await server.database.sql<{ status: string }>('select status from session where id = $1', [
      session.id,
    ]);
    expect(row!.status).toMatch(/^(canceling|terminated)$/);
    const [entry] = await server.database.sql<{ after: object }>(
      `select after from audit where after->>'authTokenId' = $1`,
      [idOf(fourth)],
    );
    expect(entry!.after).toMatchObject({ endedAuthTokenIds: [idOf(second)] });
    const facts = await server.database.sql(
      `select kind from event where subject_id = $1 union all select kind from event_inbox where subject_id = $1`,
      [idOf(second)],
    );
    expect(facts).toEqual([{ kind: 'auth-token.deleted' }]);
  });

  test('are never there, however many sign in at once; other accounts and what has expired do not count', async () => {
    const server = await serve(noLimits, { mostAccountTokens: 3 });
    const other = await server.signIn('user');
    const expired = await server.signIn();
    const { sql } = server.database;
    await sql(`update auth_token set last_used_at = last_used_at - interval '2 days' where id = $1`, [
      idOf(expired),
    ]);
    const logins = Array.from({ length: 6 }, (_, i) =>
      tryLogin(server, { password: 'password', from: `127.0.0.${i + 1}` }),
    );
    expect((await Promise.all(logins)).map(outcomeOf)).toEqual(Array(6).fill('signed in'));
    expect(await live(server)).toHaveLength(3 + 1);
    expect((await server.ask('{ viewer { loginName } }', {}, other)).data!['viewer']).toEqual({
      loginName: 'user',
    });
  });

  test('are fifty unless told otherwise', () => {
    expect(defaultLimits.mostAccountTokens).toBe(50);
  });
});
