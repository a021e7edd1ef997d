import type { Call } from '../core/ctx.js';
import type { CursorCodec } from './cursor.js';

/** What a resolver gets: the call, the cursors, and batches that live as long as the request. */
export interface Request extends Call {
  /** Of pages. */
  readonly cursors: CursorCodec;
  /** Of the event log; a cursor of a page never opens as one. */
  readonly eventCursors: CursorCodec;
  /** One batch per key and request, so that a page of 100 asks for its targets in one statement. */
  loader<K, V>(
    name: string,
    load: (ctx: Call['ctx'], keys: readonly K[]) => Promise<(V | null)[]>,
  ): {
    load(key: K): Promise<V | null>;
  };
  /**
   * For what outlives a request: asks again who the token speaks for and what that user may, and forgets
   * what was loaded. Afterwards `ctx` is as if the request had just arrived.
   */
  renew(): Promise<void>;
}
