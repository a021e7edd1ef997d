import type { Clock } from '../core/clock.js';
import type { ReadCtx } from '../core/ctx.js';
import { Failure } from '../core/failure.js';
import type { AuditNote } from '../core/tx.js';
import type { Attempt } from './attempt.js';
import { BackOff } from './back-off.js';
import { Budget } from './budget.js';
import type { Hasher } from './fair-queue.js';
import { KnownPlaces, type SignIn } from './known-places.js';
import { sourceOf } from './login-source.js';
import { even, evenOfWrong, growing, type Meter } from './meter.js';
import { RefusalTally, type RefusalSum, type RefusedFor } from './refusal-tally.js';

/** How often somebody may try, a minute; 0 for as often as they like. */
export interface LoginLimits {
  /** Wrong passwords of one name from one address, before the wait begins to grow. */
  readonly failures: number;
  /** From one address, for all names. */
  readonly perAddress: number;
  /** For one name, from all addresses that it never signed in from. */
  readonly perName: number;
  /** Of all who are at an address that their name never signed in from. */
  readonly overall: number;
}

/** The rest of it, which no operator has to set. */
export interface GuardLimits {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  readonly forgetMs: number;
  /** Names and addresses that are remembered at once, each. */
  readonly mostKeys: number;
  /** What is refused within so long is told in one entry of the audit. */
  readonly tallyMs: number;
}

/** What is tried. */
export interface Tried {
  readonly operation: string;
  /** What the audit has of it when a limit refuses it. */
  readonly note: AuditNote;
}

export interface TriedLogin extends Tried {
  readonly loginName: string;
  /** The auth method as it was asked for. */
  readonly method: string;
}

const crowdedMs = 2000;

/**
 * Says who may try a password or a code now, before anything is read or hashed for it, and refuses with RATE_LIMITED.
 * Lives in memory: each controller counts for itself.
 */
export class LoginGuard {
  private readonly pairs: BackOff;
  private readonly accounts: BackOff;
  private readonly addresses: Budget;
  private readonly codes: Budget;
  private readonly names: Budget;
  private readonly everybody: Budget;
  private readonly places = new KnownPlaces();
  private readonly tally: RefusalTally;

  constructor(
    { failures: free, perAddress, perName, overall }: LoginLimits,
    { firstWaitMs: firstMs, longestWaitMs: longestMs, forgetMs, mostKeys, tallyMs }: GuardLimits,
    private readonly clock: Clock,
  ) {
    this.pairs = new BackOff({ free, firstMs, longestMs, forgetMs, mostKeys });
    this.accounts = new BackOff({ free, firstMs, longestMs, forgetMs, mostKeys });
    this.addresses = new Budget(perAddress, mostKeys);
    this.codes = new Budget(perAddress, mostKeys);
    this.names = new Budget(perName, mostKeys);
    this.everybody = new Budget(overall, 1);
    this.tally = new RefusalTally(tallyMs);
  }

  /**
   * A login. Where its name has signed in from before, only what is tried from there counts: strangers elsewhere,
   * however many, cannot keep its owner out.
   */
  login(ctx: ReadCtx, tried: TriedLogin): Attempt {
    const { operation, loginName, method } = tried;
    const { clientAddress: address } = ctx;
    const source = sourceOf(address);
    const isKnown = this.places.has(method, loginName, source);
    const reasonOf = (limit: string, part: Partial<RefusedFor> = {}): RefusedFor => ({
      ...{ operation, what: 'sign-ins', limit, address: null, loginName: null },
      ...part,
    });
    const pair = `${loginName}\0${source}`;
    const here = [
      growing(this.pairs, pair, reasonOf('name and address', { address, loginName })),
      even(this.addresses, source, reasonOf('address', { address })),
    ];
    const elsewhere = [
      evenOfWrong(this.names, loginName, reasonOf('name', { loginName })),
      even(this.everybody, '', reasonOf('all addresses')),
    ];
    const who = { address: source, loginName, isKnown };
    return this.through(ctx, tried, who, isKnown ? here : [...here, ...elsewhere], reasonOf('queue'));
  }

  /** A proof of the password by somebody who is signed in; wrong ones of an account count from everywhere. */
  proof(ctx: ReadCtx, accountId: string, tried: Omit<TriedLogin, 'method'>): Attempt {
    const { operation, loginName } = tried;
    const { clientAddress: address } = ctx;
    const reason = { operation, what: 'wrong passwords', limit: 'account', address, loginName };
    const who = { address: sourceOf(address), loginName, isKnown: true };
    const ofQueue = { ...reason, what: 'requests', limit: 'queue' };
    return this.through(ctx, tried, who, [growing(this.accounts, accountId, reason)], ofQueue);
  }

  /** A code for a challenge; how often an account's codes may be wrong is counted beside the account. */
  code(ctx: ReadCtx, tried: Tried): void {
    const { clientAddress: address } = ctx;
    const source = sourceOf(address);
    const reason = { operation: tried.operation, what: 'codes', limit: 'address', address, loginName: null };
    const who = { address: source, loginName: '', isKnown: true };
    this.through(ctx, tried, who, [even(this.codes, source, reason)], reason);
  }

  /** Somebody has signed in from there. */
  remember({ address, ...signIn }: Omit<SignIn, 'source'> & { readonly address: string | null }): void {
    this.places.remember({ ...signIn, source: sourceOf(address) });
  }

  /** What was refused and not told one by one: in windows that are over, or at all. */
  sums(all = false): RefusalSum[] {
    return this.tally.take(all ? Infinity : this.clock.monotonicMs());
  }

  private through(
    ctx: ReadCtx,
    tried: Tried,
    hasher: Hasher,
    meters: readonly Meter[],
    ofQueue: RefusedFor,
  ): Attempt {
    const now = this.clock.monotonicMs();
    for (const meter of meters) {
      const waitMs = meter.waitMs(now);
      if (waitMs > 0) throw this.refusal(ctx, tried, meter.reason, waitMs);
    }
    for (const meter of meters) meter.take(now);
    return {
      hasher,
      right: () => meters.forEach((meter) => meter.right()),
      undone: () => meters.forEach((meter) => meter.giveBack()),
      crowded: () => this.refusal(ctx, tried, ofQueue, crowdedMs),
    };
  }

  private refusal(ctx: ReadCtx, { note }: Tried, reason: RefusedFor, waitMs: number): Failure {
    const isCounted = !this.tally.add(reason, this.clock.monotonicMs());
    const retryAfterMs = Math.ceil(waitMs);
    const failure = new Failure({ code: 'RATE_LIMITED', retryAfterMs, what: reason.what }, { isCounted });
    ctx.note({ ...note, comment: `${failure.message}; further ones are added up in one entry` });
    return failure;
  }
}
