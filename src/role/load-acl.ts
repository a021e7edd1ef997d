import type { Acl } from '../core/acl.js';
import type { Actor } from '../core/ctx.js';
import type { Reader } from '../core/tx.js';
import { makeAcl } from '../grant/acl.js';
import { findGrants } from './role.store.js';

/** The access of an actor now: what everybody has, and what its own roles add. Workers and jobs have none. */
export async function loadAcl(reader: Reader, actor: Actor): Promise<Acl> {
  switch (actor.kind) {
    case 'user':
      return makeAcl(
        { userId: actor.userId, accountId: actor.accountId },
        await findGrants(reader, ['u_anon', 'u_auth', actor.userId]),
      );
    case 'anonymous':
      return makeAcl({ userId: 'u_anon', accountId: null }, await findGrants(reader, ['u_anon']));
    case 'worker':
    case 'system':
      return makeAcl({ userId: '', accountId: null }, []);
  }
}
