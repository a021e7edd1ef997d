export interface Patience {
  readonly instead?: () => unknown;
  readonly isHopeless?: () => boolean;
  readonly timeoutMs?: number;
}

/** Conditions that are looked at again whenever something has happened, instead of after a while. */
export class Waiting {
  private readonly checks = new Set<() => void>();

  happened(): void {
    for (const check of [...this.checks]) check();
  }

  /**
   * Resolves with what `look` finds. Fails after the time, or when nothing more can come, saying what there
   * was instead.
   */
  until<T>(
    what: string,
    look: () => T | undefined | null | false,
    { instead = () => 'nothing', isHopeless = () => false, timeoutMs = 5000 }: Patience = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(late);
        this.checks.delete(check);
      };
      const giveUp = (): void => {
        stop();
        reject(new Error(`waited for ${what}; there was ${describe(instead())}`));
      };
      const late = setTimeout(giveUp, timeoutMs);
      const check = (): void => {
        const found = look();
        if (found === undefined || found === null || found === false)
          return isHopeless() ? giveUp() : undefined;
        stop();
        resolve(found);
      };
      this.checks.add(check);
      check();
    });
  }
}

function describe(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}` : one));
}
