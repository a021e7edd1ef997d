import type { Protected } from '../../src/core/acl';
import type { RoleGrant } from '../../src/grant/acl';

// global holds the orgs o_a and o_b; o_a holds the projects p_a1 and p_a2, o_b holds p_b1.
const parents: Record<string, string | null> = {
  global: null,
  o_a: 'global',
  o_b: 'global',
  p_a1: 'o_a',
  p_a2: 'o_a',
  p_b1: 'o_b',
};

/** The tree, each scope with its parent. */
export const scopesOfTree = Object.entries(parents).map(([id, parentId]) => ({ id, parentId }));

/** What an action is asked on, in a scope of the tree. */
export function on(type: string, id: string | null, scopeId: string, pin: string | null = null): Protected {
  return { type, id, scopeId, parentScopeId: parents[scopeId] ?? null, pin };
}

/** The grants of a role, as `o_a this` names where it lives and what it speaks for. */
export function role(place: string, ...grants: string[]): RoleGrant[] {
  const [roleScopeId = '', grantScope = ''] = place.split(' ');
  return grants.map((canonical) => ({ roleId: 'r_one', roleScopeId, grantScope, canonical }));
}

export const me = { userId: 'u_me', accountId: 'acctpw_mine' };
export const anonymous = { userId: 'u_anon', accountId: null };
export const nobody = { userId: '', accountId: null };
