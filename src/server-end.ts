import type { Log } from './core/log.js';
import { StartFailure } from './core/start-failure.js';

/** How a server ends: by its owner, or by itself when it must not go on. */
export interface ServerEnd {
  /** Stops a server that must not go on; one that is still starting fails to. */
  mustEnd(why: string): void;
  /** Says that all is started; throws when it must not go on already. */
  isUp(): void;
  /** Stops everything; asked again, it waits for the same end. */
  close(): Promise<void>;
  /** Resolves, with the reason, when it had to stop by itself; it has stopped by then. */
  readonly ended: Promise<string>;
}

export function makeEnd(stopAll: () => Promise<void>, log: Log): ServerEnd {
  let fault: string | undefined;
  let isRunning = false;
  let closing: Promise<void> | undefined;
  let tell: (why: string) => void = () => {};
  const ended = new Promise<string>((resolve) => (tell = resolve));
  const close = (): Promise<void> => (closing ??= stopAll());
  return {
    ended,
    close,
    mustEnd(why) {
      if (fault !== undefined) return;
      fault = why;
      log.error('this server must not go on and stops', { reason: why });
      if (!isRunning) return;
      close()
        .catch((error: unknown) => log.error('not everything could be stopped', { reason: String(error) }))
        .finally(() => tell(why));
    },
    isUp() {
      if (fault !== undefined) throw new StartFailure(fault);
      isRunning = true;
    },
  };
}
