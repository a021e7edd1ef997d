import type { Log, LogFacts } from '../../src/core/log';
import { Waiting } from './waiting';

/** A log that remembers its lines, and can be waited on. */
export class HeardLog implements Log {
  readonly lines: string[] = [];
  private readonly waiting = new Waiting();

  readonly debug = (message: string): void => this.hear(message);
  readonly info = (message: string): void => this.hear(message);
  readonly warn = (message: string): void => this.hear(message);
  readonly error = (message: string, facts?: LogFacts): void =>
    this.hear([message, ...Object.values(facts ?? {})].join(': '));

  child(): Log {
    return this;
  }

  count(message: string): number {
    return this.lines.filter((line) => line === message).length;
  }

  until(message: string, times = 1): Promise<unknown> {
    return this.waiting.until(`"${message}" in the log`, () => this.count(message) >= times, {
      instead: () => this.lines,
    });
  }

  private hear(line: string): void {
    this.lines.push(line);
    this.waiting.happened();
  }
}
