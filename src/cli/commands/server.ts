import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { settingRules, type SettingRule } from '../../setting-rules.js';

/** Adds the commands of an operator. What they run is loaded when they run. */
export function addServer(program: Command, context: CliContext): void {
  const server = program
    .command('server')
    .description('run the API, the pages and the built-in worker')
    .addHelpText('after', serverHelp);
  for (const rule of Object.values(settingRules) as SettingRule[]) {
    const flag = rule.value === null ? `--${rule.flag}` : `--${rule.flag} <${rule.value}>`;
    server.option(flag, `${rule.help} (${rule.env}${rule.fallback === '' ? '' : `; ${rule.fallback}`})`);
  }
  server.action(async (options: Record<string, string | boolean>) => {
    process.exitCode = await context.server.serve(flagsOf(options), context);
  });
  program
    .command('init')
    .description('prepare an empty database and print one administrator password, once')
    .option('--data-dir <DIR>', settingRules.dataDir.help)
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgres://postern@db.example/postern POSTERN_ROOT_KEY=… postern init',
    )
    .action(async (options: Record<string, string | boolean>) => {
      process.exitCode = await context.server.init(flagsOf(options), context);
    });
  addKeys(program, context);
  program
    .command('schema')
    .description('print the GraphQL schema of this release')
    .action(async () => {
      context.stdout.write(await context.server.printSchema());
    });
}

function addKeys(program: Command, context: CliContext): void {
  const keys = program.command('keys').description('change the root key, under which all else is sealed');
  keys
    .command('rewrap')
    .description(
      'put what older root keys have sealed under the first of POSTERN_ROOT_KEY, while servers run',
    )
    .option('--data-dir <DIR>', settingRules.dataDir.help)
    .addHelpText(
      'after',
      '\nExample:\n  $ DATABASE_URL=postgres://postern@db.example/postern POSTERN_ROOT_KEY=NEW,OLD postern keys rewrap',
    )
    .action(async (options: Record<string, string | boolean>) => {
      process.exitCode = await context.server.rewrapKeys(flagsOf(options), context);
    });
  keys
    .command('new-root')
    .description('make a fresh root key for the embedded database, whose server does not run meanwhile')
    .option('--data-dir <DIR>', settingRules.dataDir.help)
    .addHelpText('after', '\nExample:\n  $ postern keys new-root')
    .action(async (options: Record<string, string | boolean>) => {
      process.exitCode = await context.server.newRootKey(flagsOf(options), context);
    });
}

const serverHelp = `
A flag wins over its environment variable, which wins over the default.
From the environment alone: DATABASE_URL (a PostgreSQL 15 or newer of your own), POSTERN_ROOT_KEY (32 bytes in
base64; while it is changed NEW,OLD), POSTERN_POSTGRES_BIN (folder of the PostgreSQL binaries to run when there is no
DATABASE_URL).

Examples:
  $ postern server
  $ postern server --config config/demo.yaml
  $ DATABASE_URL=postgres://… POSTERN_ROOT_KEY=… postern server --api-listen-address 0.0.0.0:9200 --tls-cert-file cert.pem --tls-key-file key.pem`;

// Commander names an option by its flag in camel case; settings have names of their own.
function flagsOf(options: Readonly<Record<string, string | boolean>>): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const [name, rule] of Object.entries(settingRules) as [string, SettingRule][]) {
    const camel = rule.flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value = options[camel];
    if (value !== undefined) flags[name] = String(value);
  }
  return flags;
}
