import type { CliContext } from './cli/cli-context.js';
import { openForCommand, rootKeyFile, type ControlDatabase } from './control-database.js';
import { newId } from './core/id.js';
import { StartFailure } from './core/start-failure.js';
import { addRootKey, keepFirstRootKey, type RootKeys } from './seal/root-key.js';
import { rewrapRootKey, type Rewrapped } from './seal/rewrap-root-key.js';
import { serverLog } from './server-log.js';
import { forgetSecrets, readSettings, type Flags, type Settings } from './settings.js';

/**
 * `postern keys rewrap`: puts what older root keys have sealed under the first one. Servers that have both go on
 * meanwhile. Returns 1 when something is left under an older key.
 */
export async function rewrapKeys(flags: Flags, context: CliContext): Promise<number> {
  const settings = settingsOf(flags, context);
  return withDatabase(settings, context, async (control) => {
    const outcome = await rewrap(control, control.rootKeys, context);
    return report(outcome, control.rootKeys, context);
  });
}

/**
 * `postern keys new-root`: a fresh key in `root.key` in the place of the one there. Both stand in the file until
 * nothing is sealed under the former, so that it may be stopped at any point and run again.
 */
export async function newRootKey(flags: Flags, context: CliContext): Promise<number> {
  const settings = settingsOf(flags, context);
  if (settings.databaseUrl !== null || settings.rootKey !== null) {
    throw new StartFailure(
      'keys new-root is for root.key beside an embedded database; where POSTERN_ROOT_KEY has the key, put a new one ' +
        'in front of it, with a comma between, and run `postern keys rewrap`',
    );
  }
  const file = rootKeyFile(settings);
  return withDatabase(settings, context, async (control) => {
    const keys = addRootKey(file);
    const outcome = await rewrap(control, keys, context);
    if (outcome.remainingCount === 0) keepFirstRootKey(file);
    return report(outcome, keys, context);
  });
}

function settingsOf(flags: Flags, { env }: CliContext): Settings {
  const settings = readSettings(flags, env);
  forgetSecrets(env);
  return settings;
}

async function withDatabase<R>(
  settings: Settings,
  { stderr }: CliContext,
  work: (control: ControlDatabase) => Promise<R>,
): Promise<R> {
  const control = await openForCommand(settings, serverLog(settings.logLevel, settings.logFormat, stderr));
  try {
    return await work(control);
  } finally {
    await control.close();
  }
}

async function rewrap(
  { database }: ControlDatabase,
  keys: RootKeys,
  { stderr }: CliContext,
): Promise<Rewrapped> {
  const outcome = await rewrapRootKey(database, keys, ({ table, doneCount }) => {
    stderr.write(`${nouns[table] ?? table}: ${doneCount}\n`);
  });
  const { doneCounts, remainingCount, hasMoved } = outcome;
  await database.transact(
    () => Promise.resolve(),
    () => ({
      operation: 'rewrapRootKey',
      requestId: newId('req'),
      actor: { kind: 'system', name: 'postern keys' },
      clientAddress: null,
      note: {
        resourceType: 'root-key',
        resourceId: keys[0].fingerprint,
        scopeId: 'global',
        after: { ...doneCounts, remainingCount, hasMoved },
      },
    }),
  );
  return outcome;
}

const nouns: Readonly<Record<string, string>> = {
  data_key: 'Data keys wrapped again',
  worker: 'Keys of workers sealed again',
  account_totp: 'Second factors sealed again',
};

function report(outcome: Rewrapped, [{ fingerprint }]: RootKeys, { stdout, stderr }: CliContext): number {
  const { doneCounts, remainingCount, unopened } = outcome;
  const lines = Object.entries(doneCounts).map(([table, count]) => `  ${nouns[table] ?? table}: ${count}`);
  stdout.write([`Root key ${fingerprint}:`, ...lines, ''].join('\n'));
  if (remainingCount === 0) {
    stdout.write('Nothing is sealed under another one.\n');
    return 0;
  }
  const why =
    unopened.length > 0
      ? `these do not open: ${unopened.slice(0, 20).join(', ')}`
      : 'a server has another key in front still; put the new one in front everywhere, then run this again';
  stderr.write(`${remainingCount} are sealed under another root key still: ${why}\n`);
  return 1;
}
