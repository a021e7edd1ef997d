import type { RoleGrant } from '../grant/acl.js';
import { isSelfAction } from '../grant/action.js';
import { isResourceType, pluralOf } from '../grant/resource-type.js';
import { directScopeOf } from '../grant/scoped-grant.js';
import type { Miss } from './near-miss.rules.js';
import type { Question } from './question.rules.js';

/** What things are called in sentences, as far as their reader may know. */
export interface Names {
  /** `role "DB users"` */
  readonly role: (id: string) => string;
  /** `project "QA"`, `global` */
  readonly scope: (id: string) => string;
  /** `group "DBA"` */
  readonly group: (id: string) => string;
  /** `"bob"` */
  readonly person: string;
}

/** How a role is held: by which of the users that one is, and by which group. */
export interface Holding {
  readonly roleId: string;
  /** The user itself, `u_auth` or `u_anon`. */
  readonly principalId: string;
  /** Null where the role names that user itself. */
  readonly groupId: string | null;
}

/** `host sets` */
export function plural(type: string): string {
  return (isResourceType(type) ? pluralOf(type) : `${type}s`).replaceAll('-', ' ');
}

const one = (type: string): string => type.replaceAll('-', ' ');

/** What is asked, in words: `read target ttcp_x`, `list targets in project "QA"`. */
export function questionWords({ action, on }: Question, names: Names): string {
  if (on.id !== null) return `${action} ${one(on.type)} ${on.id}`;
  const place = on.pin ?? names.scope(on.scopeId);
  return `${action} ${plural(on.type)} ${on.pin === null ? 'in' : 'of'} ${place}`;
}

/** Why a grant that comes near does not decide; `groupIds` hold its role, as far as the reader may know. */
export function missSentence(
  miss: Miss,
  { action, on }: Question,
  names: Names,
  groupIds: readonly string[] = [],
): string {
  const { grant, given } = miss;
  const role = names.role(miss.roleId);
  const has = listed(grant.actions.map((name) => (name === '*' ? 'everything' : name)));
  switch (miss.kind) {
    case 'only self': {
      const self = isSelfAction(action) ? action : `${action}:self`;
      return `${role} grants ${self} here, which is about one's own ${plural(on.type)}; this one is not`;
    }
    case 'not signed in':
      return `${role} grants ${action} to everybody, but who has not signed in may only list and see scopes, and list, see and sign in by auth methods`;
    case 'other id':
      return `${role} grants ${action} here on ${listed(grant.ids)}, not on ${on.id}`;
    case 'other container':
      return `${role} grants ${action} here on the ${plural(on.type)} of ${listed(grant.ids)}, not on those of ${on.pin}`;
    case 'other scope':
      return `${role} grants ${action} ${listed(given.map((place) => reachWords(place, names)))}, not in ${names.scope(on.scopeId)}`;
    case 'not a principal':
    case 'not a principal of a wide role':
      return `${role} grants ${has === 'everything' ? has : action} here, but ${notHeld(groupIds, names)}`;
    case 'other action':
      return has === ''
        ? `${role} names fields to show here, and grants no action`
        : `${role} grants ${has} here, not ${action}`;
    case 'collection only':
      return `${role} grants ${has} on the ${plural(on.type)} here as a collection alone, because its grant names no ids`;
    case 'resources only':
      return `${role} grants ${has} here on ${listed(grant.ids)} alone, and nothing on the ${plural(on.type)} as a collection`;
    case 'other type':
      return `${role} grants ${has} here on ${plural(grant.type ?? '')}, not on ${plural(on.type)}`;
  }
}

function notHeld(groupIds: readonly string[], { person, group }: Names): string {
  const groups = groupIds.map(group);
  if (groups.length === 0) return `${person} does not hold it`;
  return groups.length === 1
    ? `${person} is not in ${groups[0]}, which holds it`
    : `${person} is in none of those that hold it: ${listed(groups)}`;
}

/** Where a grant speaks: `in project "QA"`, `in the projects of org "Shop"`, `everywhere below global`. */
export function reachWords(given: Pick<RoleGrant, 'roleScopeId' | 'grantScope'>, names: Names): string {
  const direct = directScopeOf(given);
  if (direct !== null) return `in ${names.scope(direct)}`;
  if (given.grantScope === 'descendants') return 'everywhere below global';
  return given.roleScopeId === 'global'
    ? 'in the orgs'
    : `in the projects of ${names.scope(given.roleScopeId)}`;
}

/** How a role comes to a person: `held by group "DBA"`. */
export function holdingWords({ principalId, groupId }: Holding, names: Names, isGroupHidden = false): string {
  const as = { u_auth: 'as everybody who has signed in', u_anon: 'as everybody' }[principalId];
  const by =
    groupId === null
      ? null
      : isGroupHidden
        ? 'by a group that you may not read'
        : `by ${names.group(groupId)}`;
  if (as === undefined) return by === null ? 'held directly' : `held ${by}`;
  return by === null ? `held ${as}` : `held ${as}, ${by}`;
}

const mostListed = 3;

function listed(words: readonly string[]): string {
  const shown = words.length > mostListed + 1 ? words.slice(0, mostListed) : words;
  const rest = words.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
