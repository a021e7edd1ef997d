import type { Acl, Protected } from './acl.js';
import type { Failure } from './failure.js';
import type { Gift } from './gift.js';
import type { AuditNote, Reader, Tx } from './tx.js';

/** Why nobody is known. The one who has an API token gets another from whoever issues them, and signs in nowhere. */
export type NobodyReason =
  'no token' | 'token not valid' | 'token expired' | 'API token not valid' | 'API token expired';

/** Who asks. A bad or expired token makes nobody: the caller is anonymous. */
export type Actor =
  | { readonly kind: 'anonymous'; readonly reason: NobodyReason }
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly userName: string;
      /** Null for a program, which has no account. */
      readonly accountId: string | null;
      readonly tokenId: string;
      readonly tokenExpiresAt: string;
      /** Whether the token changes nothing, whatever its user may. */
      readonly isReadOnly: boolean;
    }
  | { readonly kind: 'worker'; readonly workerId: string; readonly bootId: string }
  | { readonly kind: 'system'; readonly name: string };

/** What was refused, to whom it may be told: the action stands in the log even where the caller learns nothing. */
export interface Denial {
  readonly code: 'FORBIDDEN' | 'NOT_FOUND';
  readonly action: string;
  readonly resourceType: string;
  /** The row it was about, when there is one. */
  readonly resourceId: string | null;
  /** Where that stands; the audit of a refused write stands there too. */
  readonly scopeId?: string | null;
  /** What the action was asked on, by which the refusal can be explained; null where there was no such thing. */
  readonly on?: Protected | null;
  /** Why, where it is not that the action is not granted: a proof was wrong, or it would give what is not one's own. */
  readonly reason?: string;
}

/** What every operation gets: who asks, what they may, and the database. */
export interface Ctx<T extends Reader = Tx> {
  readonly actor: Actor;
  readonly requestId: string;
  /** Where the request came from, for the audit; null for work of our own. */
  readonly clientAddress: string | null;
  readonly tx: T;
  /** The caller's access now. Loaded at most once per ctx. */
  acl(): Promise<Acl>;
  /** Says what a write is about; the last note is the audit row's, whether it is done or refused. */
  note(note: AuditNote): void;
  /**
   * Makes a refusal with a new denial id, by which it can be looked up and explained later. The log has a line of each
   * refused read besides, the audit a row of each refused write.
   */
  deny(denial: Denial): Failure;
  /**
   * Told of what a change is about to give to somebody. Fails with FORBIDDEN where the server is set to refuse that
   * callers give what they lack, and this one does.
   */
  give(gift: Gift): Promise<void>;
}

export type ReadCtx = Ctx<Reader>;

/** One request: reads through `ctx`, writes through `write`, each write one transaction with one audit row. */
export interface Call {
  readonly ctx: ReadCtx;
  /**
   * Runs an operation in a transaction. On return: reactors, audit row, facts, commit. When it throws,
   * everything is undone and a refusal is audited in a transaction of its own, then thrown on.
   */
  write<R>(operation: string, work: (ctx: Ctx) => Promise<R>): Promise<R>;
  /**
   * The same, with a first step outside the transaction for what takes long (hashing a password), so that
   * no connection is held meanwhile. A refusal in it is audited alike.
   */
  writeAfter<P, R>(
    operation: string,
    prepare: (ctx: ReadCtx) => Promise<P>,
    work: (ctx: Ctx, prepared: P) => Promise<R>,
  ): Promise<R>;
}

/** Name of the actor in audit rows and log lines. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'user':
      return actor.userId;
    case 'worker':
      return actor.workerId;
    case 'system':
      return actor.name;
  }
}
