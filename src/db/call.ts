import type { Acl } from '../core/acl.js';
import { actorName, type Actor, type Call, type Ctx, type Denial, type ReadCtx } from '../core/ctx.js';
import { Failure, isFailure } from '../core/failure.js';
import { newId } from '../core/id.js';
import type { Gift } from '../core/gift.js';
import type { Log } from '../core/log.js';
import type { AuditNote, Reader } from '../core/tx.js';
import type { AuditHeader } from './audit-row.js';
import type { Database } from './database.js';
import type { ToldDenial } from './denial-writer.js';

export interface CallParts {
  readonly database: Database;
  readonly log: Log;
  /** The access of an actor, read through that reader; what is wrong with it is told to the log. */
  readonly loadAcl: (reader: Reader, actor: Actor, log: Log) => Promise<Acl>;
  /** Keeps refusals to be looked up; nobody waits for it. */
  readonly keepDenial?: (told: ToldDenial) => void;
  /** Refuses gifts of what the caller lacks; left out, callers may give what they lack. */
  readonly judgeGift?: (ctx: ReadCtx, gift: Gift) => Promise<void>;
}

export interface Caller {
  readonly actor: Actor;
  readonly clientAddress: string | null;
  readonly requestId?: string;
}

/** One request of one caller: see `Call`. */
export function makeCall(parts: CallParts, caller: Caller): Call {
  const { database, log, loadAcl, keepDenial, judgeGift } = parts;
  const { actor, clientAddress, requestId = newId('req') } = caller;

  const ctxOver = <T extends Reader>(tx: T, wanted: Pick<Ctx, 'note' | 'deny'>): Ctx<T> => {
    let acl: Promise<Acl> | undefined;
    const ctx: Ctx<T> = {
      ...{ actor, requestId, clientAddress, tx, ...wanted },
      acl: () => (acl ??= loadAcl(tx, actor, log)),
      give: (gift) => judgeGift?.(ctx, gift) ?? Promise.resolve(),
    };
    return ctx;
  };
  const refuse = (denial: Denial): Failure => {
    const id = newId('denial');
    keepDenial?.({ id, requestId, actor, denial });
    return failureOf(denial, id);
  };
  // Nothing is audited of a read, so the line is all there will be.
  const reading: Pick<Ctx, 'note' | 'deny'> = {
    note: () => {},
    deny(denial) {
      const { code, action, resourceType, resourceId } = denial;
      const failure = refuse(denial);
      log.info('a read was refused', {
        ...{ requestId, actor: actorName(actor), action, resourceType, resource: resourceId },
        ...{ outcome: code, denialId: denialIdOf(failure) },
      });
      return failure;
    },
  };

  const writeAfter: Call['writeAfter'] = async (operation, prepare, work) => {
    let note: AuditNote | null = null;
    const writing: Pick<Ctx, 'note' | 'deny'> = {
      note: (given) => {
        note = given;
      },
      deny(denial) {
        const { resourceType, resourceId, scopeId = null } = denial;
        note ??= { resourceType, resourceId, scopeId };
        return refuse(denial);
      },
    };
    const header = (): AuditHeader => ({ operation, requestId, actor, clientAddress, note });
    try {
      if (actor.kind === 'user' && actor.isReadOnly)
        throw writing.deny(byReadOnlyToken(operation, actor.tokenId));
      const prepared = await prepare(ctxOver(database.reader, writing));
      const result = await database.transact((tx) => work(ctxOver(tx, writing), prepared), header);
      logOutcome(log, header(), 'done');
      return result;
    } catch (error) {
      if (isFailure(error) && error.isCounted) throw error;
      const problem = isFailure(error) ? error.problem : null;
      logOutcome(log, header(), problem?.code ?? 'INTERNAL', denialIdOf(error));
      // Without a database there is nowhere to write; the log line above is all that is left then.
      await database.auditRefusal(header(), problem).catch((lost: unknown) => {
        log.error('the audit row of a refusal could not be written', {
          requestId,
          operation,
          reason: String(lost),
        });
      });
      throw error;
    }
  };

  return {
    ctx: ctxOver(database.reader, reading),
    writeAfter,
    write: (operation, work) =>
      writeAfter(
        operation,
        () => Promise.resolve(),
        (ctx) => work(ctx),
      ),
  };
}

// Before anything is looked up, and whatever the grants are taken to say.
function byReadOnlyToken(operation: string, tokenId: string): Denial {
  const reason = 'the token in use is read-only: it changes nothing';
  return { code: 'FORBIDDEN', action: operation, resourceType: 'auth-token', resourceId: tokenId, reason };
}

function failureOf({ code, action, resourceType, reason }: Denial, denialId: string): Failure {
  if (code === 'NOT_FOUND') return new Failure({ code, resourceType, denialId });
  const why = reason === undefined ? {} : { reason };
  return new Failure({ code, action, resourceType, denialId, ...why });
}

function denialIdOf(error: unknown): string | null {
  return isFailure(error) && 'denialId' in error.problem ? error.problem.denialId : null;
}

function logOutcome(
  log: Log,
  { requestId, actor, operation, note }: AuditHeader,
  outcome: string,
  denialId: string | null = null,
): void {
  log.info(operation, {
    requestId,
    actor: actorName(note?.actor ?? actor),
    action: operation,
    resource: note?.resourceId ?? null,
    outcome,
    ...(denialId === null ? {} : { denialId }),
  });
}
