import type { Ctx } from '../core/ctx.js';
import { Failure, invalidInput } from '../core/failure.js';
import { endSession } from './end-session.js';
import { presentSession, requireSession } from './require-session.js';
import { canBecome, commentFault } from './session.rules.js';
import type { Session } from './session.entity.js';
import { findSession, lockSession } from './session.store.js';

export interface CancelSessionInput {
  readonly id: string;
  readonly expectedVersion?: number | null;
  readonly comment?: string | null;
}

/**
 * Decides the end of a session; its connections are cut within a second, and the last one out terminates it.
 * Canceling what is canceling or terminated is no error and changes nothing. Needs `cancel`, or
 * `cancel:self` on one's own. Without `expectedVersion` it is unconditional, which an emergency needs.
 */
export async function cancelSession(ctx: Ctx, input: CancelSessionInput): Promise<Session> {
  const fault = input.comment == null ? null : commentFault(input.comment);
  if (fault !== null) throw invalidInput('input.comment', fault);
  const { acl } = await requireSession(ctx, 'cancel', input.id);
  // Locked once it is known that the caller may: nobody holds up the sessions of others by asking.
  const { id, status, version, projectId } = (await lockSession(ctx.tx, input.id)) as Session;
  ctx.note({ resourceType: 'session', resourceId: id, scopeId: projectId, comment: input.comment ?? null });
  if (canBecome(status, 'canceling')) {
    if (input.expectedVersion != null && input.expectedVersion !== version) {
      throw new Failure({ code: 'VERSION_CONFLICT', currentVersion: version });
    }
    const by = ctx.actor.kind === 'user' ? { userId: ctx.actor.userId, userName: ctx.actor.userName } : null;
    await endSession(ctx.tx, id, { reason: 'canceled', by, comment: input.comment ?? null });
  }
  const now = (await findSession(ctx.tx, id)) as Session;
  ctx.note({
    resourceType: 'session',
    resourceId: id,
    scopeId: projectId,
    comment: input.comment ?? null,
    before: { status },
    after: { status: now.status, terminationReason: now.terminationReason },
  });
  return presentSession(acl, ctx.actor, 'cancel', now) as Session;
}
