import { createHash } from 'node:crypto';
import { actorName, type Ctx } from './ctx.js';
import { invalidInput } from './failure.js';

/** What every input of a mutation that makes something may carry. */
export interface Repeatable {
  readonly idempotencyKey?: string | null | undefined;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id of what this caller has made before with the key of the input; null when there is no key, or when it
 * is new and from now on stands for `id`. Keys are each caller's own and are kept for 24 hours. `input` tells
 * requests apart and must be without secrets. Fails with IDEMPOTENCY_MISMATCH when the key was used with another.
 */
export async function madeBefore(
  ctx: Ctx,
  operation: string,
  input: Repeatable & object,
  id: string,
): Promise<string | null> {
  const { idempotencyKey: key, ...rest } = input as Repeatable & Record<string, unknown>;
  if (key == null) return null;
  if (!uuid.test(key)) throw invalidInput('input.idempotencyKey', 'must be a UUID');
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(sorted)).digest('base64url');
  const holder = actorName(ctx.actor);
  return ctx.tx.claim({ holder, key: key.toLowerCase(), operation, digest, resourceId: id });
}
