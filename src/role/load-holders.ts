import type { Acl } from '../core/acl.js';
import type { Reader } from '../core/tx.js';
import { makeAcl, type RoleGrant } from '../grant/acl.js';
import { findHoldings } from './role.store.js';

/** The access of a user who signs in with an account, and by what it holds roles. */
export interface Holder {
  readonly acl: Acl;
  /** Those roles, and the groups by which it holds any of them. */
  holdersOf(roleIds: readonly string[]): string[];
}

const everybody = ['u_anon', 'u_auth'];

/** What users hold at one moment: grants and memberships are of one look, so that they fit each other. */
export async function loadHolders(
  reader: Reader,
  userIds: readonly string[],
): Promise<(userId: string, accountId: string | null) => Holder> {
  const holdings = await findHoldings(reader, [...new Set([...everybody, ...userIds])]);
  const heldBy = new Map<string, { roleId: string; groupId: string | null }[]>();
  const grantsOf = new Map<string, RoleGrant[]>();
  for (const { holderId, groupId, ...grant } of holdings) {
    if (holderId === null) listIn(grantsOf, grant.roleId).push(grant);
    else listIn(heldBy, holderId).push({ roleId: grant.roleId, groupId });
  }
  const known = new Map<string, Holder>();
  return (userId, accountId) => {
    const key = `${userId} ${accountId ?? ''}`;
    const holder = known.get(key) ?? makeHolder(userId, accountId);
    known.set(key, holder);
    return holder;
  };

  function makeHolder(userId: string, accountId: string | null): Holder {
    const held = [...everybody, userId].flatMap((id) => heldBy.get(id) ?? []);
    const roleIds = [...new Set(held.map(({ roleId }) => roleId))];
    const grants = roleIds.flatMap((id) => grantsOf.get(id) ?? []);
    return {
      acl: makeAcl({ userId, accountId }, grants),
      holdersOf(wanted) {
        const groups = held.filter(({ roleId }) => wanted.includes(roleId)).map(({ groupId }) => groupId);
        return [...new Set([...wanted, ...groups.filter((id) => id !== null)])];
      },
    };
  }
}

function listIn<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}
