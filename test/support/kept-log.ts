import type { Log, LogFacts } from '../../src/core/log';

export interface KeptLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: LogFacts;
}

/** A log that keeps its lines, to be looked at. */
export function keptLog(lines: KeptLine[] = [], facts: LogFacts = {}): Log & { readonly lines: KeptLine[] } {
  const keep =
    (level: KeptLine['level']) =>
    (message: string, more: LogFacts = {}): void =>
      void lines.push({ level, message, facts: { ...facts, ...more } });
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
    child: (more) => keptLog(lines, { ...facts, ...more }),
  };
}
