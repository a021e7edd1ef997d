import type { ReadCtx } from '../core/ctx.js';
import type { AccessTrace } from './access-trace.type.js';
import {
  isSelf,
  requireActionOf,
  requireExplain,
  requirePerson,
  requireThing,
  type AskedThing,
} from './require-explain.js';
import { traceAccess } from './trace-access.js';

export interface AskedAccess extends AskedThing {
  readonly userId: string;
  readonly action: string;
}

/**
 * Why a user may do something, or may not. Needs `explain-access` on the scope in which the thing stands, but for one's
 * own access; and the caller must see the user and the thing, NOT_FOUND otherwise.
 */
export async function explainAccess(ctx: ReadCtx, asked: AskedAccess): Promise<AccessTrace> {
  const person = await requirePerson(ctx, asked.userId);
  const thing = await requireThing(ctx, asked);
  if (!isSelf(ctx, person.userId)) await requireExplain(ctx, thing.on.scopeId);
  requireActionOf(asked.action, thing);
  return traceAccess(ctx, person, { action: asked.action, ...thing });
}
