import pino from 'pino';
import type { Log, LogFacts } from './core/log.js';

/** The log of a server: a JSON object per line for machines, or a short line for somebody at a terminal. */
export function serverLog(
  level: string,
  format: 'text' | 'json',
  out: NodeJS.WritableStream = process.stderr,
): Log {
  if (format === 'json') {
    const logger = pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      out,
    );
    const over = (facts: LogFacts): Log => ({
      debug: (message, more) => logger.debug({ ...facts, ...more }, message),
      info: (message, more) => logger.info({ ...facts, ...more }, message),
      warn: (message, more) => logger.warn({ ...facts, ...more }, message),
      error: (message, more) => logger.error({ ...facts, ...more }, message),
      child: (more) => over({ ...facts, ...more }),
    });
    return over({});
  }
  return textLog(level, out, {});
}

const levels = ['debug', 'info', 'warn', 'error'] as const;

function textLog(level: string, out: NodeJS.WritableStream, facts: LogFacts): Log {
  const least = levels.indexOf(level as (typeof levels)[number]);
  const line = (at: (typeof levels)[number], message: string, more: LogFacts = {}): void => {
    if (levels.indexOf(at) < least) return;
    const shown = Object.entries({ ...facts, ...more }).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    const time = new Date().toTimeString().slice(0, 8);
    const tail = shown
      .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join('');
    out.write(`${time} ${at.padEnd(5)} ${message}${tail}\n`);
  };
  return {
    debug: (message, more) => line('debug', message, more),
    info: (message, more) => line('info', message, more),
    warn: (message, more) => line('warn', message, more),
    error: (message, more) => line('error', message, more),
    child: (more) => textLog(level, out, { ...facts, ...more }),
  };
}
