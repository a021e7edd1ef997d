/** Facts beside a log line. Never a secret: what is not meant for an operator's eyes does not come here. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** One line per call; `child` adds facts to every line after it. */
export interface Log {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
  child(facts: LogFacts): Log;
}

export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
