import { StartFailure } from '../core/start-failure.js';
import type { Reader } from '../core/tx.js';
import type { RootKeys } from './root-key.js';
import { findRootKeyUses, fingerprintOf } from './root-key.store.js';

/**
 * Refuses to go on where a root key is missing to which the database belongs, or which has sealed something in it.
 * Writes nothing.
 */
export async function refuseOtherKeys(reader: Reader, keys: RootKeys): Promise<void> {
  const expected = await fingerprintOf(reader);
  if (expected === null) return;
  const known = new Set(keys.map(({ fingerprint }) => fingerprint));
  const uses = await findRootKeyUses(reader);
  const isOurs = known.has(expected) || uses.some(({ rootKeyId }) => known.has(rootKeyId));
  if (!isOurs) {
    throw new StartFailure(
      `the root key is not this database's (${keys[0].fingerprint}, it was made with ${expected}); ` +
        'restore the key file or set POSTERN_ROOT_KEY to the key it was made with; to change it, list the new key and ' +
        'that one with a comma between, and run `postern keys rewrap`',
    );
  }
  const missing = uses.find(({ rootKeyId }) => !known.has(rootKeyId));
  if (!missing && known.has(expected)) return;
  const why = missing
    ? `the root key ${missing.rootKeyId} is missing, under which ${missing.count} keys of this database are still sealed`
    : `the root key ${expected} is missing, to which this database still belongs`;
  throw new StartFailure(
    `${why}; list it behind the new one (POSTERN_ROOT_KEY=NEW,OLD), run \`postern keys rewrap\`, then leave it out`,
  );
}
