import { Failure } from '../core/failure.js';
import { newId } from '../core/id.js';
import type { Transactor } from '../core/tx.js';
import type { Sealer } from '../seal/seal.js';
import { findWorkerByName, insertOrUpdateWorker, replaceConfigTags } from './worker.store.js';
import type { TagPair } from './worker-tag.rules.js';
import type { Worker } from './worker.entity.js';

/** A key and what is shown of it; made by the data plane, kept here. */
export interface WorkerKey {
  readonly privateKeyPem: string;
  readonly thumbprint: string;
}

export interface Registration {
  readonly name: string;
  readonly releaseVersion: string;
  /** What its own settings say. */
  readonly tags: readonly TagPair[];
  /** The key to show: that of the row's private key, or a fresh one when there is none. */
  readonly makeKey: (privateKeyPem: string | undefined) => WorkerKey;
}

/** The key of a built-in worker: kept sealed, because clients that run on over a restart compare it. */
export async function workerKeyOf(
  database: Transactor,
  sealer: Sealer,
  { name, makeKey }: Registration,
): Promise<{ id: string; key: WorkerKey }> {
  const known = await findWorkerByName(database.reader, name);
  if (!known?.sealedPrivateKey) return { id: known?.id ?? newId('w'), key: makeKey(undefined) };
  return { id: known.id, key: makeKey(sealer.open(known.sealedPrivateKey, keyPlace(known.id))) };
}

/** Announces a start of a worker: from now on sessions are sent to it, and any earlier boot is over. */
export async function registerBoot(
  database: Transactor,
  sealer: Sealer,
  worker: { id: string; key: WorkerKey; address: string; bootId: string } & Registration,
): Promise<Worker> {
  const { id, name, address, bootId, releaseVersion, key } = worker;
  if (name.trim() !== name || name === '') {
    throw new Failure({
      code: 'INVALID_INPUT',
      issues: [{ path: 'name', message: 'a worker needs a name' }],
    });
  }
  const sealedPrivateKey = sealer.seal(key.privateKeyPem, keyPlace(id));
  const { thumbprint } = key;
  const boot = { id, name, address, thumbprint, bootId, sealedPrivateKey, releaseVersion };
  return database.transact(async (tx) => {
    const row = await insertOrUpdateWorker(tx, boot);
    await replaceConfigTags(tx, row.id, worker.tags);
    return row;
  });
}

function keyPlace(id: string): { table: string; column: string; id: string } {
  return { table: 'worker', column: 'sealed_private_key', id };
}
