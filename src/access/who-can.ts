import { actorName, type ReadCtx } from '../core/ctx.js';
import { invalidInput } from '../core/failure.js';
import type { RoleGrant } from '../grant/acl.js';
import { idActionsOf } from '../grant/resource-type.js';
import { isBuiltIn } from '../user/user.rules.js';
import { questionWords } from './access-sentence.js';
import {
  findAccountsOf,
  findGrantsAbout,
  findHolders,
  findHoldings,
  findUserOfAccount,
} from './access.store.js';
import type { Deciding, Person, Question } from './question.rules.js';
import { requireActionOf, requireExplain, requireThing, type AskedThing } from './require-explain.js';
import { principalsOf, tellerOf } from './trace-access.js';
import { decidingForAnonymous, givingGrants, heldBy } from './who-can.rules.js';
import type { AccessHolder, WhoCan } from './who-can.type.js';

export interface AskedHolders extends AskedThing {
  readonly action: string;
  /** How many users are named at most. */
  readonly most: number;
}

const mostNamed = 500;

/**
 * Who may do something: over the roles that give it, and who holds them; nobody is asked one by one. Needs
 * `explain-access` on the scope in which the thing stands, and sight of the thing.
 */
export async function whoCan(ctx: ReadCtx, asked: AskedHolders): Promise<WhoCan> {
  const { action, most } = asked;
  if (most < 1 || most > mostNamed) throw invalidInput('most', `must be 1 to ${mostNamed}`);
  const thing = await requireThing(ctx, asked);
  await requireExplain(ctx, thing.on.scopeId);
  requireActionOf(action, thing);
  return holdersOf(ctx, { action, ...thing }, most);
}

async function holdersOf(ctx: ReadCtx, question: Question, most: number): Promise<WhoCan> {
  const { action, on } = question;
  const grants = await findGrantsAbout(ctx.tx, on, [action]);
  const ones = await peopleOf(ctx, question);
  const giving = givingGrants(grants, question, ones);
  const named = await findHoldings(ctx.tx, rolesOf(grants), [
    ...new Set(['u_anon', 'u_auth', ...ones.map(({ userId }) => userId)]),
  ]);
  const toOne = new Map(
    [...giving.toOne].map(([userId, deciding]) => [userId, heldBy(principalsOf(userId), deciding, named)]),
  );
  const anonymously = decidingForAnonymous(grants, question, named);
  const everybody = heldBy(['u_anon', 'u_auth'], giving.toHolders, named);
  const users = await findHolders(
    ctx.tx,
    {
      roleIds: rolesOf(giving.toHolders.map(({ given }) => given)),
      alsoIds: [...toOne].flatMap(([userId, deciding]) => (deciding.length > 0 ? userId : [])),
    },
    {
      permission: (await ctx.acl()).listPermission('user', idActionsOf('user')),
      callerId: actorName(ctx.actor),
    },
    most,
  );
  const all = [...giving.toHolders, ...[...toOne.values()].flat(), ...anonymously];
  const roleIds = rolesOf(all.map(({ given }) => given));
  const holdings = await findHoldings(ctx.tx, roleIds, users.ids);
  const tell = await tellerOf(ctx, { userIds: ['u_auth', ...users.ids], words: '' }, all, on.scopeId);
  const holder = (
    kind: AccessHolder['kind'],
    userId: string,
    deciding: readonly Deciding[],
  ): AccessHolder[] => (deciding.length === 0 ? [] : [{ kind, userId, paths: tell(userId, deciding) }]);
  return {
    ...{ action, type: on.type, resourceId: on.id, scopeId: on.scopeId, containerId: on.pin },
    sentence: `who may ${questionWords(question, tell.names)}`,
    holders: [
      ...holder('signed in', 'u_auth', everybody),
      ...holder('not signed in', 'u_anon', anonymously),
      ...users.ids.flatMap((userId) =>
        holder('user', userId, [
          ...heldBy([userId], giving.toHolders, holdings),
          ...(toOne.get(userId) ?? []),
        ]),
      ),
    ],
    hiddenCount: users.hiddenCount,
    moreCount: users.seenCount - users.ids.length,
  };
}

const rolesOf = (grants: readonly RoleGrant[]): string[] => [...new Set(grants.map(({ roleId }) => roleId))];

/** Whom the thing is about: its owner, the user that it is, the user behind the account that it is. */
async function peopleOf(ctx: ReadCtx, { on, ownerId }: Question): Promise<Person[]> {
  const behind = on.type === 'account' && on.id !== null ? await findUserOfAccount(ctx.tx, on.id) : null;
  const ids = [ownerId, on.type === 'user' ? on.id : null, behind].flatMap((id) => id ?? []);
  const people = ids.filter((id) => !isBuiltIn(id));
  const accounts = await findAccountsOf(ctx.tx, people);
  return people.map((userId) => ({
    userId,
    accountIds: accounts.filter((account) => account.userId === userId).map(({ id }) => id),
  }));
}
