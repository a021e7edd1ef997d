import type { Acl } from '../core/acl.js';
import type { Actor } from '../core/ctx.js';
import type { Log } from '../core/log.js';
import type { Reader } from '../core/tx.js';
import { makeAcl, type TellUnread } from '../grant/acl.js';
import { readOnlyAcl } from '../grant/read-only-acl.js';
import { findGrants } from './role.store.js';

/**
 * The access of an actor now: what everybody has, and what its own roles add; of that what only reads, where the token
 * is for reading. Workers and jobs have none.
 */
export async function loadAcl(reader: Reader, actor: Actor, log: Log): Promise<Acl> {
  switch (actor.kind) {
    case 'user': {
      const acl = makeAcl(
        { userId: actor.userId, accountId: actor.accountId },
        await findGrants(reader, ['u_anon', 'u_auth', actor.userId]),
        tellUnreadTo(log),
      );
      return actor.isReadOnly ? readOnlyAcl(acl) : acl;
    }
    case 'anonymous':
      return makeAcl(
        { userId: 'u_anon', accountId: null },
        await findGrants(reader, ['u_anon']),
        tellUnreadTo(log),
      );
    case 'worker':
    case 'system':
      return makeAcl({ userId: '', accountId: null }, []);
  }
}

/** The access of a user by its id, whatever account it signs in with; for what is asked about somebody else. */
export async function loadAclOf(reader: Reader, userId: string): Promise<Acl> {
  const principals = userId === 'u_anon' ? [userId] : ['u_anon', 'u_auth', userId];
  return makeAcl({ userId, accountId: null }, await findGrants(reader, principals));
}

const told = new WeakMap<Log, Set<string>>();
const mostTold = 1000;

// Once for each role and grant, because it is met again at every request of everybody who holds the role.
function tellUnreadTo(log: Log): TellUnread {
  const known = told.get(log) ?? new Set<string>();
  told.set(log, known);
  return ({ roleId, canonical }, why) => {
    const key = `${roleId} ${canonical}`;
    if (known.has(key) || known.size >= mostTold) return;
    known.add(key);
    log.warn('a stored grant is not known to this build and gives nothing', {
      roleId,
      grant: canonical,
      reason: why,
    });
  };
}
