/**
 * All that the data plane sees of the rest of Postern. Plain data, asynchronous, batched where it repeats:
 * a worker in the controller's process and one across the network are served by the same operations.
 */
export interface Authority {
  /** The session, while it is pending or active and not expired. */
  lookup(sessionId: string): Promise<Lease | Denied>;
  /** Makes the session active, whoever does it first. */
  activate(sessionId: string): Promise<Lease | Denied>;
  /**
   * Takes a place for one more connection, atomically against the limit. The worker chooses its id, so that
   * it can give the place back when the answer is lost.
   */
  authorize(sessionId: string, connectionId: string, clientAddress: string): Promise<Place | Denied>;
  /** The host was reached. */
  connected(connectionId: string, endpointAddress: string): Promise<void>;
  /** Connections that are over, with their final counts. Saying it twice changes nothing. */
  closed(ends: readonly ConnectionEnd[]): Promise<void>;
  /** The user ended the session from its own client. */
  closedByUser(sessionId: string): Promise<void>;
  /**
   * The worker lives, serves these sessions and has passed these bytes; what of them is to end? With `held`,
   * every connection it holds a place for, both sides are brought together: what the controller has open
   * beyond those is closed there, and what is closed there is to be cut here.
   */
  report(
    sessionIds: readonly string[],
    traffic: readonly Traffic[],
    held: readonly string[] | null,
  ): Promise<Verdict>;
  /** Hears of ends as soon as they are decided. Returns how to stop. */
  watchOrders(deliver: (orders: readonly Order[]) => void): () => void;
}

export interface Lease {
  readonly sessionId: string;
  readonly isActive: boolean;
  /** SHA-256 of the SPKI of the one client key the session serves, in base64url. */
  readonly clientThumbprint: string;
  readonly endpointHost: string;
  readonly endpointPort: number;
  /** Until expiry; counted down on a monotonic clock from the moment it arrives. */
  readonly remainingMs: number;
  readonly expiresAt: string;
  /** -1 for any number. */
  readonly connectionLimit: number;
  /** Where the session may go, each bound for itself, beside what the worker's own settings say. */
  readonly addressBounds: readonly AddressBounds[];
}

/** CIDRs. What is denied is not dialled; when something is allowed, nothing else is dialled. */
export interface AddressBounds {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export type Denied =
  | { readonly denied: 'unknown' }
  | { readonly denied: 'limit' }
  | {
      readonly denied: 'ended';
      readonly reason: string;
      readonly by: string | null;
      /** Whose session it was: nobody else is told of its end. */
      readonly clientThumbprint: string;
    };

export interface Place {
  /** -1 for any number. */
  readonly connectionsLeft: number;
}

export interface Verdict {
  readonly orders: readonly Order[];
  /** Connections among those held that the controller has closed. */
  readonly closed: readonly string[];
}

export interface Order {
  readonly sessionId: string;
  readonly reason: string;
  readonly by: string | null;
  readonly closeAs: ClosedAs;
}

export type ClosedAs =
  | 'canceled'
  | 'closed by client'
  | 'closed by host'
  | 'connect failed'
  | 'network error'
  | 'system error'
  | 'timed out'
  | 'permission revoked'
  | 'worker lost';

export interface ConnectionEnd {
  readonly id: string;
  readonly reason: ClosedAs;
  /** What it reached; null when it never did, and its place within the limit is free again. */
  readonly endpointAddress: string | null;
  readonly bytesUp: bigint;
  readonly bytesDown: bigint;
}

export interface Traffic {
  readonly connectionId: string;
  readonly bytesUp: bigint;
  readonly bytesDown: bigint;
}
