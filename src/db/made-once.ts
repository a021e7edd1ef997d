import { Failure } from '../core/failure.js';
import type { Making, Reader } from '../core/tx.js';

/** How long a key stands for what was made with it. */
const kept = "interval '24 hours'";

/**
 * Takes the key for a resource that is about to be made: null. When it was taken before, by the same operation
 * with the same input, the id of what was made then; with anything else, IDEMPOTENCY_MISMATCH. A second request
 * with the key waits until the first has committed or was undone.
 */
export async function claimMaking(tx: Reader, making: Making): Promise<string | null> {
  const { holder, key, operation, digest, resourceId } = making;
  const [taken] = await tx.query(
    `insert into made_once (holder, key, operation, digest, resource_id) values ($1, $2, $3, $4, $5)
     on conflict (holder, key) do update set operation = excluded.operation, digest = excluded.digest,
       resource_id = excluded.resource_id, created_at = excluded.created_at
       where made_once.created_at < postern_now() - ${kept}
     returning key`,
    [holder, key, operation, digest, resourceId],
  );
  if (taken) return null;
  const [before] = await tx.query<{ operation: string; digest: string; resourceId: string }>(
    'select operation, digest, resource_id from made_once where holder = $1 and key = $2',
    [holder, key],
  );
  if (before?.operation !== operation || before.digest !== digest)
    throw new Failure({ code: 'IDEMPOTENCY_MISMATCH' });
  return before.resourceId;
}

/** Forgets keys that stand for nothing any more. */
export async function forgetOldKeys(reader: Reader): Promise<void> {
  await reader.query(`delete from made_once where created_at < postern_now() - ${kept}`);
}
