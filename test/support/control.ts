import { openControlDatabase, type ControlDatabase } from '../../src/control-database';
import { systemClock } from '../../src/core/clock';
import { silentLog } from '../../src/core/log';
import { readSettings } from '../../src/settings';
import type { TestDatabase } from './test-database';

/** The database as a server opens it, with those root keys; nothing serves it. */
export function openControl(
  database: TestDatabase,
  rootKey: string,
  dataDir = '/nonexistent',
): Promise<ControlDatabase> {
  return openControlDatabase({
    settings: readSettings({ dataDir }, { DATABASE_URL: database.url, POSTERN_ROOT_KEY: rootKey }),
    guard: { check: () => Promise.resolve() },
    reactors: [],
    onFacts: () => {},
    clock: systemClock,
    log: silentLog,
    onLost: () => {},
  });
}
