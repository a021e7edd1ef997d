import type { Acl } from '../core/acl.js';
import { actorName, type Actor, type Call, type Ctx } from '../core/ctx.js';
import { isFailure } from '../core/failure.js';
import { newId } from '../core/id.js';
import type { Log } from '../core/log.js';
import type { AuditNote, Reader } from '../core/tx.js';
import type { AuditHeader, Database } from './database.js';

export interface CallParts {
  readonly database: Database;
  readonly log: Log;
  /** The access of an actor, read through that reader; what is wrong with it is told to the log. */
  readonly loadAcl: (reader: Reader, actor: Actor, log: Log) => Promise<Acl>;
}

export interface Caller {
  readonly actor: Actor;
  readonly clientAddress: string | null;
  readonly requestId?: string;
}

/** One request of one caller: see `Call`. */
export function makeCall(parts: CallParts, caller: Caller): Call {
  const { database, log, loadAcl } = parts;
  const { actor, clientAddress, requestId = newId('req') } = caller;

  const ctxOver = <T extends Reader>(tx: T, note: (note: AuditNote) => void): Ctx<T> => {
    let acl: Promise<Acl> | undefined;
    return { actor, requestId, clientAddress, tx, note, acl: () => (acl ??= loadAcl(tx, actor, log)) };
  };

  const writeAfter: Call['writeAfter'] = async (operation, prepare, work) => {
    let note: AuditNote | null = null;
    const keep = (given: AuditNote): void => {
      note = given;
    };
    const header = (): AuditHeader => ({ operation, requestId, actor, clientAddress, note });
    try {
      const prepared = await prepare(ctxOver(database.reader, keep));
      const result = await database.transact((tx) => work(ctxOver(tx, keep), prepared), header);
      logOutcome(log, header(), 'done');
      return result;
    } catch (error) {
      const problem = isFailure(error) ? error.problem : null;
      logOutcome(log, header(), problem?.code ?? 'INTERNAL');
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
    ctx: ctxOver(database.reader, () => {}),
    writeAfter,
    write: (operation, work) =>
      writeAfter(
        operation,
        () => Promise.resolve(),
        (ctx) => work(ctx),
      ),
  };
}

function logOutcome(log: Log, { requestId, actor, operation, note }: AuditHeader, outcome: string): void {
  log.info(operation, {
    requestId,
    actor: actorName(note?.actor ?? actor),
    resource: note?.resourceId ?? null,
    outcome,
  });
}
