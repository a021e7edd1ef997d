import { randomText } from '../../src/core/id';
import type { Transactor } from '../../src/core/tx';
import type { SecretKeeper } from '../../src/seal/secret-keeper';
import { underDataKeys } from '../../src/seal/sealed-columns';
import type { TestDatabase } from './test-database';

const [column] = underDataKeys.filter(({ table }) => table === 'credential_secret');

/** Secrets of credentials in one project, past the API: written, written again and opened as the program does. */
export interface SealedSecrets {
  /** Makes a credential with a secret; its id. */
  make(plain: string): Promise<string>;
  rewrite(id: string, plain: string): Promise<void>;
  open(id: string): Promise<string>;
  /** What is written in the database of one. */
  row(id: string): Promise<{ sealed: string; data_key_id: string }>;
}

/** A store in the project, in which secrets of credentials lie. */
export async function sealedSecrets(
  { sql }: TestDatabase,
  database: Transactor,
  keeper: SecretKeeper,
  scopeId = 'p_1234567890',
): Promise<SealedSecrets> {
  const store = `csst_${randomText(10)}`;
  await sql('insert into credential_store (id, scope_id) values ($1, $2)', [store, scopeId]);
  return {
    async make(plain) {
      const id = `credp_${randomText(10)}`;
      await database.transact(async (tx) => {
        await tx.query(
          `insert into credential (id, credential_store_id, scope_id, type, password_hmac) values ($1, $2, $3, 'password', $4)`,
          [id, store, scopeId, await keeper.hmac(tx, scopeId, plain, column!.place(id))],
        );
        const { dataKeyId, sealed } = await keeper.seal(tx, scopeId, plain, column!.place(id));
        await tx.query(
          'insert into credential_secret (credential_id, data_key_id, sealed) values ($1, $2, $3)',
          [id, dataKeyId, sealed],
        );
      });
      return id;
    },
    async rewrite(id, plain) {
      await database.transact(async (tx) => {
        const { dataKeyId, sealed } = await keeper.seal(tx, scopeId, plain, column!.place(id));
        await tx.query(
          'update credential_secret set data_key_id = $2, sealed = $3 where credential_id = $1',
          [id, dataKeyId, sealed],
        );
      });
    },
    async open(id) {
      const [row] = await database.reader.query<{ sealed: string }>(
        'select sealed from credential_secret where credential_id = $1',
        [id],
      );
      return keeper.open(database.reader, row!.sealed, column!.place(id));
    },
    async row(id) {
      const [row] = await sql<{ sealed: string; data_key_id: string }>(
        'select sealed, data_key_id from credential_secret where credential_id = $1',
        [id],
      );
      return row!;
    },
  };
}
