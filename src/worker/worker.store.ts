import type { Reader } from '../core/tx.js';
import { Worker } from './worker.entity.js';

export async function findWorkerByName(reader: Reader, name: string): Promise<Worker | null> {
  const [row] = await reader.rows(Worker, 'select * from worker where name = $1', [name]);
  return row ?? null;
}

/** A worker a client may be sent to. */
export interface WorkerAddress {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly thumbprint: string;
}

/** Workers heard of within the liveness window, in random order. */
export async function findLiveWorkers(reader: Reader, livenessMs: number): Promise<WorkerAddress[]> {
  return reader.query<WorkerAddress>(
    `select id, name, address, thumbprint from worker
     where last_seen_at > postern_now() - make_interval(secs => $1) order by random()`,
    [livenessMs / 1000],
  );
}

export async function insertOrUpdateWorker(
  reader: Reader,
  worker: Pick<Worker, 'id' | 'name' | 'address' | 'thumbprint' | 'bootId'> & {
    readonly sealedPrivateKey: string;
    readonly releaseVersion: string;
  },
): Promise<Worker> {
  const [row] = await reader.rows(
    Worker,
    `insert into worker (id, name, address, thumbprint, boot_id, sealed_private_key, release_version)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (name) do update set address = excluded.address, thumbprint = excluded.thumbprint,
       boot_id = excluded.boot_id, sealed_private_key = excluded.sealed_private_key,
       release_version = excluded.release_version, last_seen_at = postern_now()
     returning *`,
    [
      ...[worker.id, worker.name, worker.address, worker.thumbprint, worker.bootId],
      ...[worker.sealedPrivateKey, worker.releaseVersion],
    ],
  );
  return row as Worker;
}

/** Notes that a boot was heard of; false when another boot has taken the name. */
export async function touchWorker(reader: Reader, workerId: string, bootId: string): Promise<boolean> {
  const rows = await reader.query(
    'update worker set last_seen_at = postern_now() where id = $1 and boot_id = $2 returning id',
    [workerId, bootId],
  );
  return rows.length > 0;
}
