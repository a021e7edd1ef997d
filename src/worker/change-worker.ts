import type { Deletion } from '../api/change.input.js';
import type { Ctx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import type { MembersVerb } from '../core/members.js';
import { cleanDescription, given } from '../core/text.rules.js';
import { changeMembers, deleteRow, updateRow } from '../scope/change-row.js';
import { cleanTags, tagOfText, tagText, textsOfTags, type TagValues } from './worker-tag.rules.js';
import type { Worker } from './worker.entity.js';
import { workerKind } from './worker.kinds.js';
import type { WorkerPatience } from './worker.rules.js';
import { deleteTags, insertTags, lockIfHeardOf } from './worker.store.js';

export interface UpdateWorkerInput {
  readonly id: string;
  readonly expectedVersion: number;
  readonly name?: string | null;
  readonly description?: string | null;
}

/** Describes a worker. Refuses to rename it: its name is what its server was started with. Needs `update`. */
export function updateWorker(ctx: Ctx, input: UpdateWorkerInput): Promise<Worker | null> {
  return updateRow(ctx, workerKind, input, () => {
    if (input.name !== undefined)
      throw invalidInput('input.name', 'comes from --worker-name of its server; start that with another');
    return given({ description: cleanDescription('input.description', input.description) });
  });
}

/**
 * Forgets a worker that is gone. Refuses one that is heard of: it would report again at once. Its connections keep
 * their rows and count as lost. Needs `delete`.
 */
export function deleteWorker(
  ctx: Ctx,
  input: Deletion,
  { livenessMs }: WorkerPatience,
): Promise<{ deletedId: string }> {
  return deleteRow(ctx, workerKind, input, async ({ id }) => {
    if (!(await lockIfHeardOf(ctx.tx, id, livenessMs))) return;
    const message = 'the worker is live; stop its server first, then delete it';
    throw new Failure({ code: 'INVALID_STATE', state: 'live', message });
  });
}

/**
 * Gives a worker tags beside those of its own settings, says which they are, or takes some away, all of which must
 * be there. Needs `add-worker-tags` and its like.
 */
export function changeWorkerTags(
  ctx: Ctx,
  verb: MembersVerb,
  input: { readonly id: string; readonly expectedVersion: number; readonly apiTags: readonly TagValues[] },
): Promise<Worker | null> {
  const path = 'input.apiTags';
  const pairs = cleanTags(path, input.apiTags);
  return changeMembers(ctx, workerKind, `${verb}-worker-tags`, input, {
    verb,
    path,
    named: pairs.map(tagText),
    present: (worker) => textsOfTags(worker.apiTags),
    refuse: (worker) => {
      if (verb === 'remove') requirePresent(path, new Set(textsOfTags(worker.apiTags)), pairs.map(tagText));
    },
    write: async (worker, { added, removed }) => {
      if (removed.length > 0) await deleteTags(ctx.tx, worker.id, removed.map(tagOfText));
      if (added.length > 0) await insertTags(ctx.tx, worker.id, 'api', added.map(tagOfText));
    },
  });
}

function requirePresent(path: string, present: ReadonlySet<string>, named: readonly string[]): void {
  const missing = named.find((one) => !present.has(one));
  if (missing === undefined) return;
  const { key, value } = tagOfText(missing);
  throw invalidInput(path, `the worker was not given ${key}=${value} here; name tags that it was given`);
}
