import { newId } from '../core/id.js';
import type { Tx } from '../core/tx.js';
import { isGrantFault } from '../grant/grant-fault.js';
import { setGrants } from './role-grants.rules.js';
import { Role } from './role.entity.js';
import { insertGrants, insertGrantScopes, insertPrincipals } from './role.store.js';

export interface NewRole {
  readonly id?: string;
  readonly scopeId: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly principalIds: readonly string[];
  readonly grants: readonly string[];
  /** `this` when left out. */
  readonly grantScopes?: readonly string[];
}

/** Makes a role with its principals and grants. Refuses a grant string that no role may be given, naming it. */
export async function createRole(tx: Tx, input: NewRole): Promise<Role> {
  const grants = setGrants([], input.grants);
  if (isGrantFault(grants)) throw grants;
  const { id = newId('r'), scopeId, name = null, description = null } = input;
  const role = await tx.insert(Role, { id, scopeId, name, description });
  await insertPrincipals(tx, id, [...new Set(input.principalIds)]);
  await insertGrants(tx, id, grants.added);
  await insertGrantScopes(tx, id, [...new Set(input.grantScopes ?? ['this'])]);
  return role;
}
