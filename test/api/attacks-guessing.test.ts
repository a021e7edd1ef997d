import { Client } from 'pg';
import { defaultLimits } from '../../src/limits';
import { keptLog } from '../support/kept-log';
import {
  limitedServers,
  noLimits,
  outcomes,
  outcomesAtOnce,
  times,
  usualLimits,
} from '../support/limited-servers';
import { outcomeOf, sendRaw, tryLogin, type LoginTry } from '../support/raw-login';
import { eventually } from '../support/session-client';
import { collect } from '../support/test-server';

const { serve, serveOn, database: newDatabase, closedDatabase } = limitedServers();
const wrong = (count: number): string[] => Array<string>(count).fill('UNAUTHENTICATED');

describe('L3: guessing', () => {
  test('of one name from one address ends after five, with how long to wait', async () => {
    const server = await serve();
    expect(
      await outcomes(
        server,
        times(5, () => ({})),
      ),
    ).toEqual(wrong(5));
    const { status, headers, body } = await tryLogin(server, { password: 'password' });
    expect([status, headers['retry-after']]).toEqual([429, '15']);
    const { data, errors } = JSON.parse(body) as {
      data: null;
      errors: { message: string; extensions: object }[];
    };
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      message: 'too many sign-ins; wait 15 seconds, then try again',
      extensions: { code: 'RATE_LIMITED', what: 'sign-ins', requestId: expect.any(String) },
    });
    expect(await outcomes(server, [{ from: '127.0.0.2' }])).toEqual(wrong(1));
  });

  test('begins anew after a right password, which four wrong ones do not keep out', async () => {
    const server = await serve();
    const four = times(4, () => ({}));
    const tries = [...four, { password: 'password' }, ...four, { password: 'password' }];
    expect(await outcomes(server, tries)).toEqual([...wrong(4), 'signed in', ...wrong(4), 'signed in']);
  });

  test('with many at once gets no further than one after the other', async () => {
    const server = await serve();
    const all = await Promise.all(times(60, () => ({})).map((one) => tryLogin(server, one)));
    expect(all.map(outcomeOf).filter((code) => code === 'UNAUTHENTICATED').length).toBeLessThanOrEqual(5);
  });

  test('by aliases counts each of them', async () => {
    const server = await serve();
    const field = (i: number, loginName: string, password: string) =>
      `a${i}: authenticate(input: { loginName: "${loginName}", password: "${password}" }) { token }`;
    const guesses = `mutation { ${field(0, 'user', 'password')} ${field(1, 'admin', 'wrong')} }`;
    const seen: string[] = [];
    for (let i = 0; i < 7; i++) {
      const { errors } = await server.ask(guesses);
      seen.push(`${errors![0]!.path!.join('.')} ${errors![0]!.extensions['code']}`);
    }
    expect(seen).toEqual([
      ...Array<string>(5).fill('a1 UNAUTHENTICATED'),
      ...Array<string>(2).fill('a1 RATE_LIMITED'),
    ]);
    const ten = `mutation { ${Array.from({ length: 10 }, (_, i) => field(i, `n${i % 2}`, 'wrong')).join(' ')} }`;
    for (let i = 0; i < 5; i++) await server.ask(ten);
    expect(outcomeOf(await tryLogin(server, { loginName: 'n0' }))).toBe('RATE_LIMITED');
  });

  test('by a list of requests in one body is no request at all', async () => {
    const server = await serve();
    const query = '{ about { version } }';
    const { status } = await sendRaw(server, { body: JSON.stringify([{ query }, { query }]) });
    expect(status).toBe(400);
  });

  test('over WebSocket shares the limit with HTTP, and is told how long to wait', async () => {
    const server = await serve();
    const client = server.live(null);
    const query = 'mutation { authenticate(input: { loginName: "admin", password: "wrong" }) { token } }';
    const guess = async (): Promise<{ extensions: Record<string, unknown> }> => {
      const stream = collect(client, { query }, 'authenticate');
      await stream.ended;
      return (stream.errors as { extensions: Record<string, unknown> }[])[0]!;
    };
    expect(
      await outcomes(
        server,
        times(3, () => ({})),
      ),
    ).toEqual(wrong(3));
    for (let i = 0; i < 2; i++) expect((await guess()).extensions['code']).toBe('UNAUTHENTICATED');
    const { extensions } = await guess();
    expect(extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) });
    expect(await outcomes(server, [{}])).toEqual(['RATE_LIMITED']);
  });

  test('many names from one address ends after twenty, right ones among them, and elsewhere others go on', async () => {
    const server = await serve();
    const names = times(21, (i) => ({ loginName: `guess-${i}` }));
    const right = { loginName: 'user', password: 'password' };
    expect(await outcomesAtOnce(server, [...names, right])).toEqual({ UNAUTHENTICATED: 20, RATE_LIMITED: 2 });
    expect(await outcomes(server, [{ loginName: 'user', password: 'password', from: '127.0.0.9' }])).toEqual([
      'signed in',
    ]);
  });

  test('may be done more often from an address that many people share, where the setting says so', async () => {
    const server = await serve({ ...usualLimits, loginsPerAddress: '30' });
    const names = times(31, (i) => ({ loginName: `guess-${i}` }));
    expect(await outcomesAtOnce(server, names)).toEqual({ UNAUTHENTICATED: 30, RATE_LIMITED: 1 });
  });

  test('one name from many addresses ends after twenty, and does not keep its owner out of where they have been', async () => {
    const database = await newDatabase();
    const first = await serveOn(database);
    const home = { password: 'password', from: '127.0.0.77' };
    expect(await outcomes(first, [home])).toEqual(['signed in']);
    const flood = times(22, (i) => ({ from: `127.0.1.${i + 1}` }));
    const ended = { UNAUTHENTICATED: 20, RATE_LIMITED: 2 };
    expect(await outcomesAtOnce(first, flood)).toEqual(ended);
    expect(await outcomesAtOnce(first, flood)).toMatchObject({ RATE_LIMITED: expect.any(Number) });
    expect(await outcomes(first, [home])).toEqual(['signed in']);
    await first.stop();
    // Whoever starts it anew in the middle of an attack finds it as it was.
    const second = await serveOn(database);
    expect(await outcomesAtOnce(second, flood)).toEqual(ended);
    expect(await outcomes(second, [home, { ...home, authMethodId: 'ampw_1234567890' }])).toEqual([
      'signed in',
      'signed in',
    ]);
  });

  test('from everywhere, of every name, ends at the limit of all, which those who have been there do not feel', async () => {
    const server = await serve({ ...usualLimits, logins: '25' });
    expect(await outcomes(server, [{ password: 'password' }])).toEqual(['signed in']);
    const flood = times(25, (i) => ({ loginName: `guess-${i}`, from: `127.0.2.${i + 1}` }));
    expect(await outcomesAtOnce(server, flood)).toEqual({ UNAUTHENTICATED: 24, RATE_LIMITED: 1 });
    expect(await outcomes(server, [{ password: 'password' }])).toEqual(['signed in']);
  });

  test('is not counted by what a client writes of its address, unless a proxy is declared', async () => {
    const server = await serve();
    const tries = times(6, (i) => ({
      headers: { 'x-forwarded-for': `203.0.113.${i}`, forwarded: `for=203.0.113.${i}` },
    }));
    expect(await outcomes(server, tries)).toEqual([...wrong(5), 'RATE_LIMITED']);
  });

  test.each<[string, (i: number) => string, boolean]>([
    ['one address for one, whatever stands before it', (i) => `10.0.0.${i}, 203.0.113.7`, true],
    [
      'one address for one, however it is spelled',
      (i) => ['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107'][i % 3]!,
      true,
    ],
    ['the addresses of a /64 for one', (i) => `2001:db8:1:2:${i}::${i}`, true],
    ['those of several /64 apart', (i) => `2001:db8:1:${i}::1`, false],
    ['several addresses apart', (i) => `203.0.113.${i}`, false],
  ])('behind a proxy takes %s', async (_, addressOf, isOne) => {
    const server = await serveOn(await closedDatabase(), { ...usualLimits, behindProxy: 'true' });
    const tries = times(6, (i) => ({ headers: { 'x-forwarded-for': addressOf(i) } }));
    expect(await outcomes(server, tries)).toEqual([...wrong(5), isOne ? 'RATE_LIMITED' : 'UNAUTHENTICATED']);
    await server.stop();
  });

  test('of the current password by who has stolen a token ends after five, from wherever', async () => {
    const server = await serve({ loginFailures: '5' });
    const token = await server.signIn('user');
    const guess = async (mutation: string, input: string, from: string) => {
      const query = `mutation { ${mutation}(input: { ${input}, currentPassword: "guess" }) { account { id } } }`;
      const { status, body } = await sendRaw(server, {
        ...{ from, body: JSON.stringify({ query }), headers: { authorization: `Bearer ${token}` } },
      });
      return `${status} ${(JSON.parse(body) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code}`;
    };
    const change = 'id: "acctpw_0987654321", expectedVersion: 1, newPassword: "does not matter"';
    for (let i = 0; i < 4; i++)
      expect(await guess('changeAccountPassword', change, `127.0.3.${i + 1}`)).toBe('200 FORBIDDEN');
    expect(await guess('enrollTotp', 'accountId: "acctpw_0987654321"', '127.0.3.5')).toBe('200 FORBIDDEN');
    expect(await guess('changeAccountPassword', change, '127.0.3.6')).toBe('429 RATE_LIMITED');
    expect(await guess('enrollTotp', 'accountId: "acctpw_0987654321"', '127.0.3.7')).toBe('429 RATE_LIMITED');
    expect(outcomeOf(await tryLogin(server, { loginName: 'user', password: 'password' }))).toBe('signed in');
  });

  test('of codes from one address ends after twenty, before anything is read', async () => {
    const server = await serve();
    const query = `mutation { continueAuthentication(input: { challengeId: "ch_x", code: "123456" }) { token } }`;
    const seen: number[] = [];
    for (let i = 0; i < 22; i++)
      seen.push((await sendRaw(server, { body: JSON.stringify({ query }) })).status);
    expect(seen).toEqual([...Array<number>(20).fill(200), 429, 429]);
  });

  test('is answered without the database once it is limited', async () => {
    const server = await serve();
    await outcomes(
      server,
      times(6, () => ({})),
    );
    const client = new Client(server.database.place);
    await client.connect();
    await client.query('begin');
    await client.query('lock table scope, auth_method, account, role, audit in access exclusive mode');
    const refused = await Promise.all(times(50, () => ({})).map((one) => tryLogin(server, one)));
    await client.query('rollback');
    await client.end();
    expect(new Set(refused.map(outcomeOf))).toEqual(new Set(['RATE_LIMITED']));
  });

  test('in a flood leaves the first refusal of each reason in the audit and the log, and a sum of the others', async () => {
    const log = keptLog();
    const server = await serve(usualLimits, { login: { ...defaultLimits.login, tallyMs: 6000 } }, log);
    const flood = [...times(105, () => ({})), ...times(115, (i) => ({ loginName: `guess-${i}` }))];
    await Promise.all(flood.map((one) => tryLogin(server, one)));
    const rows = () =>
      server.database.sql<{ after: { count?: number }; comment: string; error_code: string }>(
        `select error_code, client_address, after, comment from audit where operation = 'authenticate' order by id`,
      );
    const sums = await eventually(
      'the sums',
      async () => {
        const found = (await rows()).filter(({ after }) => after.count !== undefined);
        return found.length >= 2 && found;
      },
      20_000,
    );
    expect(sums).toEqual([
      {
        ...{ error_code: 'RATE_LIMITED', client_address: '127.0.0.1' },
        after: { loginName: 'admin', limit: 'name and address', count: 99 },
        comment: 'too many sign-ins: 99 more were refused by the limit of name and address',
      },
      {
        ...{ error_code: 'RATE_LIMITED', client_address: '127.0.0.1' },
        after: { limit: 'address', count: expect.any(Number) },
        comment: expect.stringMatching(/^too many sign-ins: \d+ more were refused by the limit of address$/),
      },
    ]);
    const told = (await rows()).filter(
      ({ error_code, after }) => error_code === 'RATE_LIMITED' && !after.count,
    );
    expect(told.map(({ comment }) => comment.replace(/\d+/, 'N'))).toEqual(
      Array(2).fill(
        'too many sign-ins; wait N seconds, then try again; further ones are added up in one entry',
      ),
    );
    const lines = log.lines.filter(
      ({ message, facts }) => message === 'authenticate' && facts['outcome'] === 'RATE_LIMITED',
    );
    expect(lines).toHaveLength(4);
  });

  test('has its rest told when the server stops', async () => {
    const database = await newDatabase();
    const server = await serveOn(database);
    await outcomes(
      server,
      times(9, () => ({})),
    );
    await server.stop();
    const rows = await database.sql(`select after from audit where after ? 'count'`);
    expect(rows).toEqual([{ after: { loginName: 'admin', limit: 'name and address', count: 3 } }]);
  });
});

describe('L4: hashing', () => {
  test.each<[string, LoginTry, number]>([
    ['a password of 1 MB', { password: 'x'.repeat(1_000_000) }, 413],
    ['a password of 1,025 bytes', { password: 'ä'.repeat(512) + 'x' }, 200],
    ['a name of 129 letters', { loginName: 'x'.repeat(129) }, 200],
  ])('is refused to %s, which counts as an attempt where it is read', async (_, asked, status) => {
    const server = await serve();
    const first = await tryLogin(server, asked);
    expect([first.status, outcomeOf(first)]).toEqual([status, 'INVALID_INPUT']);
    const codes = await outcomes(
      server,
      times(5, () => asked),
    );
    expect(codes.at(-1)).toBe(status === 413 ? 'INVALID_INPUT' : 'RATE_LIMITED');
  });

  test('is done in a line of bounded length, where those who have been here before do not stand behind strangers', async () => {
    const server = await serve(noLimits);
    expect(await outcomes(server, [{ password: 'password', from: '127.0.0.77' }])).toEqual(['signed in']);
    const strangers = times(60, (i) => ({ loginName: `guess-${i}`, from: '127.0.4.1' }));
    const answers = Promise.all(strangers.map((one) => tryLogin(server, one)));
    const known = await tryLogin(server, { password: 'password', from: '127.0.0.77' });
    expect(outcomeOf(known)).toBe('signed in');
    const all = await answers;
    const codes = all.map(outcomeOf);
    expect(new Set(codes)).toEqual(new Set(['UNAUTHENTICATED', 'RATE_LIMITED']));
    expect(all[codes.indexOf('RATE_LIMITED')]).toMatchObject({
      status: 429,
      headers: { 'retry-after': '2' },
    });
    expect(codes.filter((code) => code === 'UNAUTHENTICATED').length).toBeLessThan(60);
  });
});
