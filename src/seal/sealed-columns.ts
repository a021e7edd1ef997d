import type { SealedPlace } from './seal.js';

/** A column whose texts are sealed. Names of ours: statements are made of them. */
export interface SealedColumn {
  readonly table: string;
  readonly idColumn: string;
  readonly sealedColumn: string;
  /** What the text of a row is bound to. */
  place(id: string): SealedPlace;
}

/** One that is sealed under the data keys of scopes, and names in each row the key it is. */
export interface KeyedColumn extends SealedColumn {
  readonly dataKeyColumn: string;
}

const column = (table: string, idColumn: string, sealedColumn: string): SealedColumn => ({
  ...{ table, idColumn, sealedColumn },
  place: (id) => ({ table, column: sealedColumn, id }),
});

/** All that a root key itself has sealed: what is not in here is lost when the root key changes. */
export const underRootKey: readonly SealedColumn[] = [
  column('data_key', 'id', 'wrapped_key'),
  column('worker', 'id', 'sealed_private_key'),
  column('account_totp', 'account_id', 'sealed_secret'),
];

/** All that is sealed under data keys: what is not in here is not sealed again when a scope gets a new key. */
export const underDataKeys: readonly KeyedColumn[] = [
  { ...column('credential_secret', 'credential_id', 'sealed'), dataKeyColumn: 'data_key_id' },
];
