import type { Protected } from '../core/acl.js';
import type { Ctx, ReadCtx } from '../core/ctx.js';
import type { Gift } from '../core/gift.js';
import { kindOfId } from '../core/id.js';
import { isSelfAction, parentAction } from '../grant/action.js';
import type { RoleGrant } from '../grant/acl.js';
import { protectedRow } from '../grant/require.js';
import { isTemplate } from '../grant/template.js';
import { findAccounts } from '../auth/account.store.js';
import { findGrants, findGrantsOfRoles, findRolesOfGroup } from '../role/role.store.js';
import { findScopes } from '../scope/scope.store.js';
import { findUsers } from '../user/user.store.js';
import { plural } from './access-sentence.js';
import type { AccessSet } from './access-set.rules.js';
import { findAccountsOf, findOwnPlaces } from './access.store.js';
import { asGiven, firstLacking, isHeldInPart, meet, placedAt, withoutEmpty } from './cover.rules.js';
import { accessSets, filledFor } from './effective-access.js';
import { knownRoles } from './known-names.js';
import type { Person } from './question.rules.js';
import { principalsOf } from './trace-access.js';

/**
 * Refuses, with FORBIDDEN that names what is lacking, to give somebody what the caller may not do itself: on the same
 * things, in the same scopes, with every field. Where that cannot be told, it is refused.
 */
export async function requireOwnOfGift(ctx: ReadCtx, gift: Gift): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'user') return;
  const held = await findGrants(ctx.tx, principalsOf(actor.userId));
  const caller = { userId: actor.userId, accountIds: actor.accountId === null ? [] : [actor.accountId] };
  const own = filledFor(caller, accessSets(held)).filter(
    (set) => !isTemplate(set.of.id ?? '') && !isHeldInPart(held, set),
  );
  const grants = (await grantsOf(ctx, gift)).map((given) => ({ given, counts: asGiven(given) }));
  const unread = grants.find(({ counts }) => counts === null);
  if (unread) throw lacks(ctx, gift, `the grant ${unread.given.canonical}, which this release cannot read`);
  const sets = accessSets(grants.flatMap(({ counts }) => counts ?? []));
  for (const person of await receiversOf(ctx, gift)) {
    const things = await placesOf(ctx, person);
    // A template of an account stands for none where there is none; whoever gets one is given what it adds.
    const filled = filledFor(person, sets)
      .filter(({ of }) => person === whoever || !isTemplate(of.id ?? ''))
      .map((set) => placedAt(set, things));
    const given = withoutEmpty(gift.kind === 'identity' ? await asTheirs(ctx, filled, person) : filled);
    const scopes = await findScopes(ctx.tx, [...new Set(given.flatMap(({ reach }) => reach.scopes))]);
    const lacking = firstLacking(own, given, new Map(scopes.map(({ id, parentId }) => [id, parentId])));
    if (lacking) throw lacks(ctx, gift, await lackedWords(ctx, gift, lacking));
  }
}

async function grantsOf(ctx: ReadCtx, gift: Gift): Promise<readonly RoleGrant[]> {
  switch (gift.kind) {
    case 'grants':
      return gift.grants;
    case 'role':
      return findGrantsOfRoles(ctx.tx, [gift.roleId]);
    case 'membership':
      return findGrantsOfRoles(ctx.tx, await findRolesOfGroup(ctx.tx, gift.groupId));
    case 'identity':
      return findGrants(ctx.tx, principalsOf(gift.userId));
  }
}

/** Nobody in particular: what stands for oneself stays a template, which only a grant on all things takes in. */
const whoever: Person = { userId: '{{.User.Id}}', accountIds: [] };

async function receiversOf(ctx: ReadCtx, gift: Gift): Promise<readonly Person[]> {
  if (gift.kind === 'grants') return [whoever];
  if (gift.kind === 'identity') return [{ userId: gift.userId, accountIds: gift.accountIds }];
  const ids = gift.kind === 'role' ? gift.principalIds : gift.userIds;
  const isOne = (id: string): boolean => kindOfId(id) === 'user' && id !== 'u_auth' && id !== 'u_anon';
  const users = ids.filter(isOne);
  const accounts = await findAccountsOf(ctx.tx, users);
  const people = users.map((userId) => ({
    userId,
    accountIds: accounts.filter((account) => account.userId === userId).map(({ id }) => id),
  }));
  return users.length < ids.length ? [...people, whoever] : people;
}

/** Where the person and its accounts stand, of whom alone what stands for oneself speaks. */
async function placesOf(ctx: ReadCtx, { userId, accountIds }: Person): Promise<Protected[]> {
  const [users, accounts] = [await findUsers(ctx.tx, [userId]), await findAccounts(ctx.tx, accountIds)];
  return [
    ...users.map((row) => protectedRow('user', row)),
    ...accounts.map((row) => protectedRow('account', row)),
  ];
}

// Who signs in as somebody has what is that one's own: not `cancel:self` on what is theirs, but `cancel` on that.
async function asTheirs(ctx: ReadCtx, sets: readonly AccessSet[], { userId }: Person): Promise<AccessSet[]> {
  const places = await findOwnPlaces(ctx.tx, userId);
  return sets.map((set) => {
    if (!isSelfAction(set.action)) return set;
    const there = places.filter(({ type }) => type === set.type);
    return { ...set, action: parentAction(set.action) ?? set.action, reach: meet(set.reach, there) };
  });
}

function lacks(ctx: ReadCtx | Ctx, { action, on }: Gift, what: string): Error {
  return ctx.deny({
    ...{ code: 'FORBIDDEN', action, resourceType: on.type, resourceId: on.id, scopeId: on.scopeId, on },
    reason: `this would give ${what}, which you lack yourself`,
  });
}

// Of grants that somebody may not read, a refusal does not tell either.
async function lackedWords(ctx: ReadCtx, { action }: Gift, lacking: AccessSet): Promise<string> {
  const isTheirText = action === 'add-grants' || action === 'set-grants';
  if (isTheirText || (await knownRoles(ctx, lacking.roleIds)).size > 0) return setWords(lacking);
  return 'something by a role that you may not read';
}

/** `read on any target in p_x, below o_x`. */
function setWords({ type, action, of, reach }: AccessSet): string {
  const words = {
    all: `any ${type}`,
    one: `${type} ${of.id}`,
    in: `${plural(type)} of ${of.id}`,
    collection: plural(type),
  }[of.kind];
  const places = [
    ...reach.scopes,
    ...reach.parents.map((id) => `the children of ${id}`),
    ...(reach.everywhere ? ['every scope below global'] : []),
  ];
  return `${action} on ${words} in ${places.join(', ')}`;
}
