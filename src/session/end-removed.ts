import type { Reactor } from '../core/tx.js';
import { endSession } from './end-session.js';
import { carriers, findSessionsOn, type CarriesSessions } from './removal.store.js';

const typeOf = new Map<string, CarriesSessions>(carriers.map((type) => [`${type}.removing`, type]));

/**
 * Ends, before a resource goes, the sessions that hang on it: nothing is deleted under a session that may still
 * be used. Their connections are cut by their worker, as with a cancel.
 */
export const endRemoved: Reactor = {
  name: 'end sessions of what is removed',
  kinds: [...typeOf.keys()],
  async react(tx, { kind, subjectId, body }) {
    const type = typeOf.get(kind);
    if (type === undefined) return;
    const ids = body['ids'] as readonly string[] | undefined;
    for (const id of await findSessionsOn(tx, type, ids ?? subjectId)) {
      await endSession(tx, id, { reason: 'permission revoked' });
    }
  },
};
