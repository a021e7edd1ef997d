import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { newId } from '../core/id.js';
import type { Reader, Tx } from '../core/tx.js';
import {
  findDataKey,
  holdCurrentDataKey,
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

export interface PlacedText {
  readonly sealed: string;
  readonly place: SealedPlace;
}

export interface Resealing {
  readonly dataKeyId: string;
  /** In the order of the texts. */
  readonly results: readonly (string | Error)[];
}

/** Seals secrets of scopes under keys that each scope has for itself. */
export interface SecretKeeper {
  /** Seals under the newest key of the scope, which is made when it has none. */
  seal(tx: Tx, scopeId: string, plain: string, place: SealedPlace): Promise<SealedSecret>;
  /** Throws when the text was changed, or moved to another place, or its key is gone. */
  open(reader: Reader, sealed: string, place: SealedPlace): Promise<string>;
  /**
   * Seals texts of a scope again under its newest key, in their places. What does not open comes back as the error
   * that says why.
   */
  reseal(tx: Tx, scopeId: string, texts: readonly PlacedText[]): Promise<Resealing>;
  /** Changes with the text and tells nothing else of it: equal texts in two places have two hashes. */
  hmac(tx: Tx, scopeId: string, plain: string, place: SealedPlace): Promise<string>;
  /** Makes the next key of a scope, under which everything is sealed from now on; null when there is a later one. */
  addKey(tx: Tx, made: Pick<DataKey, 'scopeId' | 'purpose' | 'keyVersion'>): Promise<DataKey | null>;
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
  const addKey: SecretKeeper['addKey'] = async (tx, made) => {
    const id = newId('dk');
    const wrappedKey = await provider.wrap(randomBytes(keyBytes), placeOf(id));
    return insertDataKey(tx, { ...made, id, wrappedKey });
  };
  const currentKey = async (tx: Tx, scopeId: string, purpose: DataKeyPurpose): Promise<DataKey> =>
    (await holdCurrentDataKey(tx, scopeId, purpose)) ??
    (await addKey(tx, { scopeId, purpose, keyVersion: 1 })) ??
    ((await holdCurrentDataKey(tx, scopeId, purpose)) as DataKey);

  const openUnder = async (key: DataKey | null, sealed: string, place: SealedPlace): Promise<string> => {
    if (!key) {
      kept.delete(keyIdOf(sealed));
      throw new Error(`the data key ${keyIdOf(sealed)} of ${place.table} ${place.id} is gone`);
    }
    return sealerUnder({ id: key.id, bytes: await bytesOf(key) }).open(sealed, versioned(place, key));
  };
  const resealed = (
    key: DataKey | null,
    sealed: string,
    place: SealedPlace,
    seal: (plain: string) => string,
  ): Promise<string | Error> =>
    openUnder(key, sealed, place).then(seal, (error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );

  return {
    addKey,
    async seal(tx, scopeId, plain, place) {
      const key = await currentKey(tx, scopeId, 'seal');
      const under = sealerUnder({ id: key.id, bytes: await bytesOf(key) });
      return { dataKeyId: key.id, sealed: under.seal(plain, versioned(place, key)) };
    },
    async open(reader, sealed, place) {
      // Asked each time, so that what is cached opens nothing any more when its key was destroyed.
      return openUnder(await findDataKey(reader, keyIdOf(sealed)), sealed, place);
    },
    async reseal(tx, scopeId, texts) {
      const current = await currentKey(tx, scopeId, 'seal');
      const under = sealerUnder({ id: current.id, bytes: await bytesOf(current) });
      const keys = new Map<string, DataKey | null>();
      const results: (string | Error)[] = [];
      for (const { sealed, place } of texts) {
        const id = keyIdOf(sealed);
        const key = keys.get(id) ?? (await findDataKey(tx, id));
        keys.set(id, key);
        results.push(
          await resealed(key, sealed, place, (plain) => under.seal(plain, versioned(place, current))),
        );
      }
      return { dataKeyId: current.id, results };
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

/** Where a wrapped key stands. */
export function placeOf(dataKeyId: string): SealedPlace {
  return { table: 'data_key', column: 'wrapped_key', id: dataKeyId };
}

// The name of the key says it too, but that is a text beside the row: a version put in its place opens nothing.
function versioned(place: SealedPlace, { keyVersion }: DataKey): SealedPlace {
  return { ...place, column: `${place.column} ${keyVersion}` };
}
