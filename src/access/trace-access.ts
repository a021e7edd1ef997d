import type { ReadCtx } from '../core/ctx.js';
import type { RoleGrant } from '../grant/acl.js';
import { directScopeOf } from '../grant/scoped-grant.js';
import { findGrants } from '../role/role.store.js';
import {
  holdingWords,
  missSentence,
  questionWords,
  reachWords,
  type Holding,
  type Names,
} from './access-sentence.js';
import type { AccessMiss, AccessMissKind, AccessPath, AccessTrace } from './access-trace.type.js';
import { findGrantsAbout, findHoldingGroups, findHoldings } from './access.store.js';
import { knownGroups, knownRoles, namesFor, type Known } from './known-names.js';
import { nearMisses, type Miss } from './near-miss.rules.js';
import { decidingGrants, waysOf, type Deciding, type Person, type Question } from './question.rules.js';

/** A user, and what the caller may call it. */
export interface NamedPerson extends Person {
  readonly words: string;
  /** Whether the caller may know the accounts of the user. */
  readonly hasKnownAccounts: boolean;
  /** What keeps it from doing anything at all, whatever it is granted, as far as the caller may know. */
  readonly caveat: string | null;
}

const mostMisses = 10;
const mostOthers = 1000;

/** The users in whose name one speaks: everybody, everybody who has signed in, and oneself. */
export function principalsOf(userId: string): string[] {
  return userId === 'u_anon' ? [userId] : [...new Set(['u_anon', 'u_auth', userId])];
}

/** Why that person may do what is asked, or may not, told as far as the caller may know. */
export async function traceAccess(
  ctx: ReadCtx,
  person: NamedPerson,
  question: Question,
): Promise<AccessTrace> {
  const { action, on } = question;
  const held = await findGrants(ctx.tx, principalsOf(person.userId));
  const deciding = decidingGrants(person, held, question).map((one) => ({
    ...one,
    accountId: person.hasKnownAccounts ? one.accountId : null,
  }));
  const about = {
    userId: person.userId,
    action,
    type: on.type,
    resourceId: on.id,
    scopeId: on.scopeId,
    containerId: on.pin,
    caveat: person.caveat,
  };
  return deciding.length > 0
    ? { ...about, ...(await allowed(ctx, person, question, deciding)) }
    : { ...about, ...(await refused(ctx, person, question, held)) };
}

type Answer = Pick<AccessTrace, 'isAllowed' | 'sentence' | 'decidedBy' | 'misses'>;

async function allowed(
  ctx: ReadCtx,
  person: NamedPerson,
  question: Question,
  deciding: readonly Deciding[],
): Promise<Answer> {
  const { userId, words } = person;
  const tell = await tellerOf(ctx, { userIds: [userId], words }, deciding, question.on.scopeId);
  const decidedBy = tell(userId, deciding);
  const asked = questionWords(question, tell.names);
  return {
    isAllowed: true,
    sentence: `${words} may ${asked}: ${decidedBy[0]?.sentence}`,
    decidedBy,
    misses: [],
  };
}

/** Tells how deciding grants come to a user. */
export interface Teller {
  (userId: string, deciding: readonly Deciding[]): AccessPath[];
  readonly names: Names;
}

/** Reads what is needed to tell of those grants, to one user or to several. */
export async function tellerOf(
  ctx: ReadCtx,
  { userIds, words }: { readonly userIds: readonly string[]; readonly words: string },
  deciding: readonly Deciding[],
  scopeId: string,
): Promise<Teller> {
  const roles = await knownRoles(
    ctx,
    deciding.map(({ given }) => given.roleId),
  );
  const principals = [...new Set(userIds.flatMap(principalsOf))];
  const holdings = await findHoldings(ctx.tx, [...roles.keys()], principals);
  const groups = await knownGroups(
    ctx,
    holdings.flatMap(({ groupId }) => groupId ?? []),
  );
  const scopeIds = [scopeId, ...deciding.flatMap(({ given }) => placesOf(given))];
  const names = await namesFor(ctx, { roles, groups, scopeIds, person: words });
  const tell = (userId: string, some: readonly Deciding[]): AccessPath[] => {
    const mine = holdings.filter(({ principalId }) => principalsOf(userId).includes(principalId));
    const known = some.filter(({ given }) => roles.has(given.roleId));
    const paths = known.flatMap((one) =>
      mine
        .filter(({ roleId }) => roleId === one.given.roleId)
        .map((holding) => pathOf(one, holding, roles, groups, names)),
    );
    return known.length < some.length ? [...paths, hiddenPath] : paths;
  };
  return Object.assign(tell, { names });
}

const hiddenPath: AccessPath = {
  isHidden: true,
  sentence: 'a role that you may not read grants it',
  ...{ roleId: null, roleName: null, roleScopeId: null, grantScope: null, grant: null },
  ...{ action: null, accountId: null, holding: null, groupId: null, groupName: null, isGroupHidden: false },
};

function pathOf(
  { given, action, accountId }: Deciding,
  holding: Holding,
  roles: Known,
  groups: Known,
  names: Names,
): AccessPath {
  const { roleId, roleScopeId, grantScope, canonical: grant } = given;
  const { principalId, groupId } = holding;
  const group = groupId === null ? undefined : groups.get(groupId);
  const isGroupHidden = groupId !== null && !group;
  const kind = ({ u_auth: 'signed in', u_anon: 'everybody' } as const)[principalId];
  const how = holdingWords(holding, names, isGroupHidden);
  return {
    isHidden: false,
    sentence: `${names.role(roleId)}, ${how}, grants it ${reachWords(given, names)} by ${grant}`,
    ...{
      roleId,
      roleName: roles.get(roleId)?.name ?? null,
      roleScopeId,
      grantScope,
      grant,
      action,
      accountId,
    },
    holding: kind ?? (groupId === null ? 'direct' : 'group'),
    ...{ groupId: group?.id ?? null, groupName: group?.name ?? null, isGroupHidden },
  };
}

async function refused(
  ctx: ReadCtx,
  person: NamedPerson,
  question: Question,
  held: readonly RoleGrant[],
): Promise<Answer> {
  const { on } = question;
  const heldRoles = new Set(held.map(({ roleId }) => roleId));
  const about = await findGrantsAbout(ctx.tx, on, waysOf(person, question), mostOthers);
  const others = about.filter(({ roleId }) => !heldRoles.has(roleId));
  const near = nearMisses(person, held, others, question);
  const roles = await knownRoles(
    ctx,
    near.map(({ roleId }) => roleId),
  );
  const shown = near.filter(({ roleId }) => roles.has(roleId)).slice(0, mostMisses);
  const holding = await findHoldingGroups(
    ctx.tx,
    shown.map(({ roleId }) => roleId),
  );
  const groups = await knownGroups(
    ctx,
    holding.map(({ groupId }) => groupId),
  );
  const scopeIds = [on.scopeId, ...shown.flatMap(({ given }) => given.flatMap(placesOf))];
  const names = await namesFor(ctx, { roles, groups, scopeIds, person: person.words });
  const groupsOf = (role: string): string[] =>
    holding
      .filter(({ roleId, groupId }) => roleId === role && groups.has(groupId))
      .map(({ groupId }) => groupId);
  const misses = shown.map((miss) =>
    missOf(miss, missSentence(miss, question, names, groupsOf(miss.roleId)), roles),
  );
  const all = misses.length > 0 ? misses : [nothingNear];
  return {
    isAllowed: false,
    sentence: `${person.words} may not ${questionWords(question, names)}: ${all[0]?.sentence}`,
    decidedBy: [],
    misses: all,
  };
}

const nothingNear: AccessMiss = {
  kind: 'nothing near',
  sentence: 'nothing that you may read comes near to granting it',
  ...{ roleId: null, roleName: null, grant: null },
};

function missOf({ kind, roleId, given }: Miss, sentence: string, roles: Known): AccessMiss {
  const told: AccessMissKind = kind === 'not a principal of a wide role' ? 'not a principal' : kind;
  const { name = null } = roles.get(roleId) ?? {};
  return { kind: told, sentence, roleId, roleName: name, grant: given[0]?.canonical ?? null };
}

/** The scopes that are named when it is said where a grant speaks. */
function placesOf(given: Pick<RoleGrant, 'roleScopeId' | 'grantScope'>): string[] {
  return [directScopeOf(given) ?? given.roleScopeId];
}
