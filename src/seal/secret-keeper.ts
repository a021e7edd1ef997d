import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { newId } from '../core/id.js';
import type { Reader, Tx } from '../core/tx.js';
import {
  findCurrentDataKey,
  findDataKey,
  insertDataKey,
  type DataKey,
  type DataKeyPurpose,
} from './data-key.store.js';
import type { KeyProvider } from './key-provider.js';
import { keyIdOf, sealerUnder, type SealedPlace } from './seal.js';

/** A text that was sealed, and the key that opens it, which may not go before it. */
export interface SealedSecret {
  readonly dataKeyId: string;
  readonly sealed: string;
}

/** Seals secrets of scopes under keys that each scope has for itself. */
export interface SecretKeeper {
  /** Seals under the newest key of the scope, which is made when it has none. */
  seal(tx: Tx, scopeId: string, plain: string, place: SealedPlace): Promise<SealedSecret>;
  /** Throws when the text was changed, or moved to another place, or its key is gone. */
  open(reader: Reader, sealed: string, place: SealedPlace): Promise<string>;
  /** Changes with the text and tells nothing else of it: equal texts in two places have two hashes. */
  hmac(tx: Tx, scopeId: string, plain: string, place: SealedPlace): Promise<string>;
}

const keyBytes = 32;
const mostKeysKept = 1000;

export function secretKeeper(provider: KeyProvider): SecretKeeper {
  const kept = new LRUCache<string, Buffer>({ max: mostKeysKept });

  const bytesOf = async (key: DataKey): Promise<Buffer> => {
    const known = kept.get(key.id);
    if (known) return known;
    const bytes = await provider.unwrap(key.wrappedKey, placeOf(key.id));
    kept.set(key.id, bytes);
    return bytes;
  };
  const currentKey = async (tx: Tx, scopeId: string, purpose: DataKeyPurpose): Promise<DataKey> =>
    (await findCurrentDataKey(tx, scopeId, purpose)) ??
    (await addDataKey(tx, provider, { scopeId, purpose, keyVersion: 1 })) ??
    ((await findCurrentDataKey(tx, scopeId, purpose)) as DataKey);

  return {
    async seal(tx, scopeId, plain, place) {
      const key = await currentKey(tx, scopeId, 'seal');
      const under = sealerUnder({ id: key.id, bytes: await bytesOf(key) });
      return { dataKeyId: key.id, sealed: under.seal(plain, versioned(place, key)) };
    },
    async open(reader, sealed, place) {
      const key = await findDataKey(reader, keyIdOf(sealed));
      if (!key) throw new Error(`the data key ${keyIdOf(sealed)} of ${place.table} ${place.id} is gone`);
      return sealerUnder({ id: key.id, bytes: await bytesOf(key) }).open(sealed, versioned(place, key));
    },
    async hmac(tx, scopeId, plain, place) {
      const key = await currentKey(tx, scopeId, 'hmac');
      const said = [place.table, place.column, place.id, plain].join('\0');
      return createHmac('sha256', await bytesOf(key))
        .update(said)
        .digest('base64url');
    },
  };
}

/** Makes a key of that version; null when there is one meanwhile. */
export async function addDataKey(
  tx: Tx,
  provider: KeyProvider,
  made: Pick<DataKey, 'scopeId' | 'purpose' | 'keyVersion'>,
): Promise<DataKey | null> {
  const id = newId('dk');
  const wrappedKey = await provider.wrap(randomBytes(keyBytes), placeOf(id));
  return insertDataKey(tx, { ...made, id, wrappedKey });
}

/** Where a wrapped key stands. */
export function placeOf(dataKeyId: string): SealedPlace {
  return { table: 'data_key', column: 'wrapped_key', id: dataKeyId };
}

// The name of the key says it too, but that is a text beside the row: a version put in its place opens nothing.
function versioned(place: SealedPlace, { keyVersion }: DataKey): SealedPlace {
  return { ...place, column: `${place.column} ${keyVersion}` };
}
