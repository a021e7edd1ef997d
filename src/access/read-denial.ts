import type { ReadCtx } from '../core/ctx.js';
import type { Failure } from '../core/failure.js';
import { isVisible, protectedRow, refuseAnonymous } from '../grant/require.js';
import { findScope } from '../scope/scope.store.js';
import { findUser } from '../user/user.store.js';
import type { AccessTrace } from './access-trace.type.js';
import { findDenial, type KeptDenial } from './denial.store.js';
import type { AccessDenial } from './denial.type.js';
import { findThing, type Thing } from './find-thing.js';
import { personWords } from './known-names.js';
import { isSelf, requireExplain, requirePerson, sees } from './require-explain.js';
import { traceAccess, type NamedPerson } from './trace-access.js';

/**
 * A refusal by the id that its caller was told, with the trace of now. Needs `explain-access` on the scope in which the
 * thing stands, in global where there is none; and the caller must see the user and the thing. One's own are shown where one
 * sees the thing now; else a denial would tell what is missing from what is hidden. NOT_FOUND otherwise.
 */
export async function readDenial(ctx: ReadCtx, id: string): Promise<AccessDenial> {
  const denial = await findDenial(ctx.tx, id);
  const asked = denial && (await askedOf(ctx, denial));
  if (!denial || !asked || !(await mayKnow(ctx, denial, asked))) throw missing(ctx, denial);
  const person = await personOf(ctx, denial);
  const isOwn = denial.userId !== null && isSelf(ctx, denial.userId);
  if (!isOwn) await requireExplain(ctx, asked.scopeId);
  const { thing } = asked;
  const trace =
    thing && person && denial.reason === null
      ? await traceAccess(ctx, person, { action: denial.action, ...thing })
      : null;
  const { askedOn, accountId: _account, ...told } = denial;
  const sentence = sentenceOf(denial, { isThere: thing !== null, wasThere: askedOn !== null, trace });
  return { ...told, sentence, isAllowedNow: trace?.isAllowed ?? null, trace };
}

/** What was asked about, as it is now. */
interface Asked {
  /** Null when it is gone, or was never there. */
  readonly thing: Thing | null;
  readonly isSeen: boolean;
  readonly scopeId: string;
}

async function askedOf(ctx: ReadCtx, { askedOn, scopeId }: KeptDenial): Promise<Asked> {
  const acl = await ctx.acl();
  const scope = await findScope(ctx.tx, askedOn?.scopeId ?? scopeId ?? 'global');
  const where = scope?.id ?? 'global';
  const named = askedOn && (askedOn.id ?? askedOn.pin);
  const found = named ? await findThing(ctx.tx, named) : null;
  if (askedOn === null) return { thing: null, isSeen: false, scopeId: where };
  if (named) {
    const thing = found && { on: askedOn, ownerId: askedOn.id === null ? null : found.ownerId };
    return { thing, isSeen: found !== null && sees(ctx, acl, found), scopeId: where };
  }
  const isSeen = scope !== null && isVisible(acl, 'scope', scope);
  return { thing: scope && { on: askedOn, ownerId: null }, isSeen, scopeId: where };
}

async function mayKnow(
  ctx: ReadCtx,
  { userId }: KeptDenial,
  { thing, isSeen, scopeId }: Asked,
): Promise<boolean> {
  const [acl, user] = [await ctx.acl(), userId === null ? null : await findUser(ctx.tx, userId)];
  if (userId !== null && isSelf(ctx, userId) && isSeen) return true;
  if (thing !== null && !isSeen) return false;
  if (user && userId !== 'u_anon' && !isVisible(acl, 'user', user)) return false;
  if (thing !== null) return true;
  // Of what is not there, nothing is told to who may not have it explained, not even that it is forbidden.
  const scope = await findScope(ctx.tx, scopeId);
  return scope !== null && acl.may('explain-access', protectedRow('scope', scope));
}

async function personOf(ctx: ReadCtx, { userId, accountId }: KeptDenial): Promise<NamedPerson | null> {
  if (userId === 'u_anon')
    return {
      userId,
      accountIds: [],
      words: personWords(userId, null),
      hasKnownAccounts: false,
      caveat: null,
    };
  if (userId === null || !(await findUser(ctx.tx, userId))) return null;
  return { ...(await requirePerson(ctx, userId)), accountIds: accountId === null ? [] : [accountId] };
}

function missing(ctx: ReadCtx, denial: KeptDenial | null): Failure {
  refuseAnonymous(ctx);
  const { id: resourceId = null, scopeId = null } = denial ?? {};
  return ctx.deny({ code: 'NOT_FOUND', action: 'read', resourceType: 'denial', resourceId, scopeId });
}

function sentenceOf(
  { resourceType, reason }: KeptDenial,
  now: { readonly isThere: boolean; readonly wasThere: boolean; readonly trace: AccessTrace | null },
): string {
  const what = resourceType.replaceAll('-', ' ');
  if (reason !== null) return `it was not the action that was not granted: ${reason}`;
  if (!now.wasThere) return `there was no such ${what}`;
  if (!now.isThere) return `the ${what} is gone; whether it would be allowed now cannot be told`;
  if (now.trace === null) return 'who was refused is gone; whether it would be allowed now cannot be told';
  return now.trace.isAllowed
    ? 'access has changed since, and it would be allowed now'
    : 'it would be refused now as well';
}
