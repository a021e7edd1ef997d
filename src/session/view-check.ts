import type { Request } from '../api/request.js';
import type { Acl } from '../core/acl.js';
import type { Clock } from '../core/clock.js';
import type { LoggedEvent } from '../events/event.store.js';
import { concernsReader } from './permission-loss.rules.js';

/**
 * What a stream knows of its reader: who it is and what it may see. Looked at again before items are sent,
 * so that a token that is over or a grant that is gone ends or shrinks the stream, whoever took it away. Once
 * the log has told of a change it is not relied on any more: nothing that came after the change is shown by what was
 * known before it.
 */
export class ViewCheck {
  private current: Acl | undefined;
  private checkedAt = 0;
  private isOutdated = false;

  constructor(
    private readonly request: Request,
    private readonly clock: Clock,
    /** How old the knowledge may be when an item is sent, in ms. */
    private readonly maxAgeMs: number,
  ) {}

  get acl(): Acl {
    if (!this.current) throw new Error('look before you use the acl');
    return this.current;
  }

  /** Told of each event as it comes. */
  hear(event: LoggedEvent): void {
    if (concernsReader(event, this.request.ctx.actor)) this.isOutdated = true;
  }

  /** `gone` when the token is over, `grants` when what may be seen has changed since the last look. */
  async look(isForced = false): Promise<'same' | 'grants' | 'gone'> {
    const isFresh = this.clock.monotonicMs() - this.checkedAt < this.maxAgeMs;
    if (this.current && isFresh && !this.isOutdated && !isForced) return 'same';
    this.isOutdated = false; // before it is read: what is told of meanwhile may be missing in it
    const before = this.current?.viewKey;
    if (before !== undefined) await this.request.renew();
    this.current = await this.request.ctx.acl();
    this.checkedAt = this.clock.monotonicMs();
    if (before === undefined || before === this.current.viewKey) {
      return before !== undefined && this.request.ctx.actor.kind === 'anonymous' ? 'gone' : 'same';
    }
    return this.request.ctx.actor.kind === 'anonymous' ? 'gone' : 'grants';
  }
}
