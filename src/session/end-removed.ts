import type { Reactor } from '../core/tx.js';
import { endSessions } from './end-session.js';
import { carriers, findSessionsOn, type CarriesSessions } from './removal.store.js';

const typeOf = new Map<string, CarriesSessions>(carriers.map((type) => [`${type}.removing`, type]));

/** What is read and written at once: a thousand sessions with all that they carry are a lot to hold. */
const batch = 100;

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
    const given = body['ids'] as readonly string[] | undefined;
    const ids = await findSessionsOn(tx, type, given ?? subjectId);
    for (let from = 0; from < ids.length; from += batch) {
      await endSessions(tx, ids.slice(from, from + batch), { reason: 'permission revoked' });
    }
  },
};
