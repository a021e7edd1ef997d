import { Option, type Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { cassandra } from '../connect/cassandra.program.js';
import { withAlias, withConnectOptions, type ConnectOptions } from '../connect/connect-options.js';
import { http } from '../connect/http.program.js';
import { prepareProgram, type KnownProgram, type ProgramFlag } from '../connect/known-program.js';
import { kube } from '../connect/kube.program.js';
import { mongo } from '../connect/mongo.program.js';
import { mysql } from '../connect/mysql.program.js';
import { postgres } from '../connect/postgres.program.js';
import { redis } from '../connect/redis.program.js';
import { ssh } from '../connect/ssh.program.js';
import { connectTo } from './connect.js';

/** Programs that `connect` knows how to call, each a command of its own. */
export const knownPrograms: readonly KnownProgram[] = [
  ...[postgres, mysql, mongo, cassandra, redis],
  ...[ssh, http, kube],
];

type Options = ConnectOptions & Readonly<Record<string, string | undefined>>;

/** Adds `connect postgres`, `connect ssh` and their like. */
export function addKnownPrograms(connect: Command, context: CliContext, behind: readonly string[]): void {
  for (const known of knownPrograms) addKnownProgram(connect, known, context, behind);
}

function addKnownProgram(
  connect: Command,
  known: KnownProgram,
  context: CliContext,
  behind: readonly string[],
): void {
  const { env } = context;
  const styles = Object.entries(known.styles);
  const [standard = '', ...others] = styles.map(([name]) => name);
  const command = withConnectOptions(connect.command(known.name)).description(known.description);
  const flags = Object.entries(known.flags).map(([name, flag]) => ({
    name,
    flag,
    option: optionOf(name, flag),
  }));
  for (const { option } of flags) command.addOption(option);
  command
    .option('--style <style>', [`${standard} (when left out)`, ...others].join(' or '))
    .argument(
      '[args...]',
      `an alias of the target; behind --: more arguments of ${Object.keys(styles[0]?.[1].needs ?? {})[0]}`,
    )
    .addHelpText(
      'after',
      `${known.credentials === undefined ? '' : `\n${known.credentials}\n`}\nExamples:\n${known.examples.map((line) => `  $ postern connect ${known.name} ${line}`).join('\n')}`,
    )
    .action(async (words: string[], asked: Options) => {
      const options = withAlias(asked, words.slice(0, words.length - behind.length));
      const values: Record<string, string> = {};
      for (const { name, flag, option } of flags) {
        const value = options[option.attributeName()] ?? (flag.env ? env[flag.env] : undefined);
        if (value) values[name] = value; // an empty one is left out, as if it was not given
      }
      const programOf = prepareProgram(known, options['style'], { flags: values, given: behind, env });
      await connectTo(options, programOf, context);
    });
}

function optionOf(name: string, { short, value, says, env }: ProgramFlag): Option {
  return new Option(`${short ? `-${short}, ` : ''}--${name} <${value}>`, env ? `${says} (${env})` : says);
}
