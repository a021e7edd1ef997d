import { issueToken, type ProvenLogin } from '../../src/auth/authenticate';
import { updateAccount } from '../../src/auth/change-account';
import { writePassword } from '../../src/auth/change-password';
import { signOutDisabled, endTokensOfRemoved } from '../../src/auth/end-tokens';
import { findLogin } from '../../src/auth/auth.store';
import { changeUserAccounts } from '../../src/auth/change-user-accounts';
import { issueApiToken } from '../../src/auth/issue-api-token';
import { releaseOfRemoved } from '../../src/auth/release-accounts';
import type { Actor, Ctx } from '../../src/core/ctx';
import { silentLog } from '../../src/core/log';
import { makeCall } from '../../src/db/call';
import { loadAcl } from '../../src/role/load-acl';
import { endRemoved } from '../../src/session/end-removed';
import { deleteUser, updateUser } from '../../src/user/change-user';
import { interleave, openGated, type GatedDatabase } from '../support/statement-gate';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

let fixture: TestDatabase;
let logins: GatedDatabase;
let changes: GatedDatabase;
beforeAll(async () => {
  fixture = await createTestDatabase();
  const reactors = [releaseOfRemoved, endTokensOfRemoved, signOutDisabled, endRemoved];
  logins = await openGated(fixture, 'logins', reactors);
  changes = await openGated(fixture, 'changes', reactors);
});
afterAll(async () => {
  await logins.close();
  await changes.close();
  await fixture.drop();
});

const admin: Actor = {
  ...{ kind: 'user', userId: 'u_1234567890', userName: 'admin', accountId: 'acctpw_1234567890' },
  ...{ tokenId: 'at_0000000000', tokenExpiresAt: '2099-01-01T00:00:00.000Z', isReadOnly: false },
};
const anonymous: Actor = { kind: 'anonymous', reason: 'no token' };

function write<R>(on: GatedDatabase, actor: Actor, work: (ctx: Ctx) => Promise<R>): Promise<R> {
  const parts = { database: on.database, log: silentLog, loadAcl };
  return makeCall(parts, { actor, clientAddress: null }).write('test', work);
}

interface Person {
  readonly userId: string;
  readonly accountId: string;
  readonly login: ProvenLogin;
}

let count = 0;
/** Somebody who has just proven the password and has no token yet. */
async function newPerson(): Promise<Person> {
  const tag = `race${(count += 1).toString().padStart(6, '0')}`;
  const [userId, accountId] = [`u_${tag}`, `acctpw_${tag}`];
  await fixture.sql(`insert into iam_user (id, scope_id, name) values ($1, 'global', $2)`, [userId, tag]);
  await fixture.sql(
    `insert into account (id, auth_method_id, scope_id, user_id, login_name)
     values ($1, 'ampw_1234567890', 'global', $2, $3)`,
    [accountId, userId, tag],
  );
  await fixture.sql(
    `insert into account_password (account_id, hash)
     select $1, hash from account_password where account_id = 'acctpw_1234567890'`,
    [accountId],
  );
  const login = (await findLogin(logins.database.reader, 'ampw_1234567890', tag))!;
  return { userId, accountId, login: { ...login, hash: login.hash!, authMethodId: 'ampw_1234567890' } };
}

const signIn = ({ login }: Person): Promise<unknown> =>
  write(logins, anonymous, (ctx) =>
    issueToken(ctx, login, { ttlSeconds: 3600, idleSeconds: 3600, most: 50 }),
  );
const otherHash = '$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$another';

interface Change {
  readonly what: string;
  readonly make: (ctx: Ctx, person: Person) => Promise<unknown>;
}
const all: readonly Change[] = [
  {
    what: 'the user is disabled',
    make: (ctx, { userId }) => updateUser(ctx, { id: userId, expectedVersion: 1, isDisabled: true }),
  },
  {
    what: 'the account is disabled',
    make: (ctx, { accountId }) => updateAccount(ctx, { id: accountId, expectedVersion: 1, isDisabled: true }),
  },
  {
    what: 'another password is set',
    make: (ctx, { accountId }) =>
      writePassword(ctx, 'set-password', { id: accountId, expectedVersion: 1 }, otherHash),
  },
  {
    what: 'the password is taken away',
    make: (ctx, { accountId }) =>
      writePassword(ctx, 'set-password', { id: accountId, expectedVersion: 1 }, null),
  },
  {
    what: 'the account is taken away',
    make: (ctx, { userId, accountId }) =>
      changeUserAccounts(ctx, 'remove', { id: userId, expectedVersion: 1, accountIds: [accountId] }),
  },
  { what: 'the user is deleted', make: (ctx, { userId }) => deleteUser(ctx, { id: userId }) },
];

/** How many statements a work takes when nothing comes between. */
async function lengthOf(on: GatedDatabase, work: () => Promise<unknown>): Promise<number> {
  on.holdAfter(Infinity);
  await work();
  return on.statements.length;
}

describe.each(all)('a login while $what', ({ make }) => {
  test('leaves no token behind that outlives it, whichever statement comes first', async () => {
    const longest = async (): Promise<[number, number]> => {
      const person = await newPerson();
      const login = await lengthOf(logins, () => signIn(person));
      return [login, await lengthOf(changes, () => write(changes, admin, (ctx) => make(ctx, person)))];
    };
    const [ofLogin, ofChange] = await longest();
    expect(ofLogin).toBeGreaterThan(4);
    expect(ofChange).toBeGreaterThan(6);
    const seen = new Set<string>();
    for (let i = 0; i < ofLogin; i++) {
      for (let j = 0; j < ofChange; j++) {
        for (const isLoginFirst of [true, false]) {
          const person = await newPerson();
          const login = { on: logins, heldAfter: i, work: () => signIn(person) };
          const change = {
            ...{ on: changes, heldAfter: j },
            work: () => write(changes, admin, (ctx) => make(ctx, person)),
          };
          const [one, other] = isLoginFirst
            ? await interleave(login, change)
            : await interleave(change, login);
          const [ofIt, ofThem] = isLoginFirst ? [one, other] : [other, one];
          const left = await fixture.sql('select id from auth_token where scope_id = $1 and user_id = $2', [
            'global',
            person.userId,
          ]);
          seen.add(ofIt.status);
          const at = { i, j, isLoginFirst };
          expect({ ...at, change: ofThem, left }).toEqual({ ...at, change: { status: 'done' }, left: [] });
          if (ofIt.status === 'refused')
            expect({ ...at, error: ofIt.error }).toMatchObject({ ...at, error: { code: 'UNAUTHENTICATED' } });
        }
      }
    }
    expect([...seen].sort()).toEqual(['done', 'refused']);
  }, 180_000);
});

test('a token is issued while its user is disabled, and is refused or gone', async () => {
  const newService = async (): Promise<string> => {
    const id = `u_service${(count += 1).toString().padStart(5, '0')}`;
    await fixture.sql(`insert into iam_user (id, scope_id, type) values ($1, 'global', 'service')`, [id]);
    return id;
  };
  const issue = (userId: string): Promise<unknown> =>
    write(logins, admin, (ctx) => issueApiToken(ctx, { userId, name: 'ci' }));
  const disable = (id: string): Promise<unknown> =>
    write(changes, admin, (ctx) => updateUser(ctx, { id, expectedVersion: 1, isDisabled: true }));
  const first = await newService();
  const [ofIssue, ofChange] = [
    await lengthOf(logins, () => issue(first)),
    await lengthOf(changes, () => disable(first)),
  ];
  for (let i = 0; i < ofIssue; i++) {
    for (let j = 0; j < ofChange; j++) {
      const id = await newService();
      const [issued, disabled] = await interleave(
        { on: logins, heldAfter: i, work: () => issue(id) },
        { on: changes, heldAfter: j, work: () => disable(id) },
      );
      const left = await fixture.sql('select id from auth_token where user_id = $1', [id]);
      expect({ i, j, disabled, left }).toEqual({ i, j, disabled: { status: 'done' }, left: [] });
      if (issued.status === 'refused')
        expect(issued.error).toMatchObject({ problem: { code: 'INVALID_STATE', state: 'disabled' } });
    }
  }
}, 120_000);
