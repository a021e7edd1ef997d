import type { Actor } from './ctx.js';

/** A class whose instances are rows of one table. */
export type RowClass<T extends object> = abstract new () => T;

/**
 * Whether the plan of a statement is kept for the next time, or made for its values each time: where there are
 * many texts, of which each kept one costs memory on every connection, or where the best plan is another for others.
 */
export type Planning = 'kept' | 'fresh';

/** Reads. Column `snake_case` arrives as property `camelCase`; times as RFC 3339 text; bigint as text. */
export interface Reader {
  query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Like `query`, as instances of the class, so that GraphQL knows their type. */
  rows<T extends object>(
    type: RowClass<T>,
    sql: string,
    params?: readonly unknown[],
    planning?: Planning,
  ): Promise<T[]>;
}

/**
 * A committed change of one subject, as an after-image: status before and after, reason, revision, times,
 * counters. No secret, and no row of another slice. `revision` grows with every fact of the subject.
 */
export interface Fact {
  readonly kind: string;
  readonly subjectId: string;
  /** Scope whose watchers may learn of it. */
  readonly scopeId: string;
  readonly revision: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the audit row of a mutation tells beside who and when. Never a secret. */
export interface AuditNote {
  readonly resourceType: string;
  readonly resourceId?: string | null;
  readonly scopeId?: string | null;
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
  readonly comment?: string | null;
  /** Who it was, where the caller became somebody by it (a login). */
  readonly actor?: Actor;
}

/** One open transaction. Nothing is visible, recorded or sent before it commits. */
export interface Tx extends Reader {
  /** Inserts and returns the row with its defaults. */
  insert<T extends object>(type: RowClass<T>, values: Partial<T>): Promise<T>;
  /**
   * Updates one row by its id and returns it as it is now. Asks the ChangeGuard first.
   * With `expectedVersion`, fails with VERSION_CONFLICT when the row is at another.
   */
  change<T extends { id: string }>(row: T, patch: Partial<T>, expectedVersion?: number | null): Promise<T>;
  /**
   * Raises the version of a row whose members or grants are about to change. Fails with VERSION_CONFLICT when
   * it is not at the version it was read at: of two writers at once, one wins. Asks the ChangeGuard first.
   */
  raise<T extends Versioned>(row: T): Promise<T>;
  /**
   * Deletes one row, with all that the schema says goes with it. Reactors of `<type>.removing` run before,
   * while it is still there and locked, to end what hangs on it. Fails as `change` does. Gives the version it had;
   * 1 for what has none.
   */
  remove<T extends { id: string }>(row: T, removal: Removal): Promise<number>;
  /**
   * Shows reactors, at once, that something is about to happen of which no deletion of a row tells, as `remove` does
   * with `<type>.removing`. The fact is not appended.
   */
  announce(fact: Fact): Promise<void>;
  /** Notes that something was made with a key, or tells what was made with it before; see `madeBefore`. */
  claim(making: Making): Promise<string | null>;
  /** Adds a fact; all are appended to the event log last, right before the commit. */
  record(fact: Fact): void;
}

export interface Versioned {
  readonly id: string;
  readonly version: number;
}

export interface Removal {
  /** Type of the resource, as grants name it. */
  readonly type: string;
  readonly scopeId: string;
  readonly expectedVersion?: number | null;
}

/** A resource that is made under a key of the client's, so that a repeated request makes it once. */
export interface Making {
  readonly holder: string;
  readonly key: string;
  readonly operation: string;
  /** Tells inputs apart; never made of a secret. */
  readonly digest: string;
  readonly resourceId: string;
}

/** Reads, and work in transactions, for what is not a request: workers, jobs, streams. */
export interface Transactor {
  readonly reader: Reader;
  transact<R>(work: (tx: Tx) => Promise<R>): Promise<R>;
  /** One REPEATABLE READ read-only transaction: everything read in it is of one moment. */
  snapshot<R>(work: (reader: Reader) => Promise<R>): Promise<R>;
}

/** Asked before every update of a row, and with null before its deletion; throws a Failure to refuse it. */
export interface ChangeGuard {
  check(tx: Tx, row: { id: string }, patch: Readonly<Record<string, unknown>> | null): Promise<void>;
}

/**
 * An effect in one slice of a fact recorded in another. Runs in the same transaction, in slice order,
 * before the facts are appended, and writes its own slice only. A fact of the kind `<type>.removing` is shown
 * at once, before the row goes, and is not appended.
 */
export interface Reactor {
  readonly name: string;
  readonly kinds: readonly string[];
  react(tx: Tx, fact: Fact): Promise<void>;
}
