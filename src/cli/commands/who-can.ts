import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { columnLines, print, visible } from '../output.js';
import {
  pathCells,
  pathHeader,
  pathSelection,
  thingArguments,
  thingParameters,
  thingVariables,
  withThing,
  type AccessPath,
  type ThingOptions,
} from './access-thing.js';

/** Documents of this command; the schema check validates each. */
export const documents = {
  whoCan: `query WhoCan(${thingParameters}, $most: Int!) {
    whoCan(${thingArguments}, most: $most) {
      sentence hiddenCount moreCount
      holders { kind userId user { id name isDisabled } paths { ${pathSelection} } }
    }
  }`,
} as const;

interface Holder {
  readonly kind: string;
  readonly userId: string;
  readonly user: { readonly name: string | null; readonly isDisabled: boolean | null } | null;
  readonly paths: readonly AccessPath[];
}

interface Answer {
  readonly sentence: string;
  readonly holders: readonly Holder[];
  readonly hiddenCount: number;
  readonly moreCount: number;
}

interface Options extends CommonOptions, ThingOptions {
  readonly limit: string;
}

/** Adds `who-can`. */
export function addWhoCan(program: Command, context: CliContext): void {
  withThing(withCommonOptions(program.command('who-can')))
    .description('list who may do something, and by which roles and groups')
    .option('--limit <number>', 'how many users at most, 1 to 500', '100')
    .addHelpText(
      'after',
      `
Examples:
  $ postern who-can -action=authorize-session -resource-id=ttcp_1234567890
  $ postern who-can -action=create -type=role -scope-id=o_1234567890
  $ postern who-can -action=list -type=host -container-id=hcst_1234567890 -format json`,
    )
    .action(async (options: Options) => {
      const variables = thingVariables(options);
      if (!/^\d{1,9}$/.test(options.limit)) throw new CliFailure('-limit must be a whole number');
      const { whoCan: item } = await apiOf(options, context).run<{ whoCan: Answer }>(documents.whoCan, {
        ...variables,
        most: Number(options.limit),
      });
      print(outputOf(options, context), { item }, () => answerTable(item));
    });
}

function answerTable({ sentence, holders, hiddenCount, moreCount }: Answer): string {
  const rows = holders.flatMap((holder) =>
    holder.paths.map((path, at) => [...(at === 0 ? whoCells(holder) : ['', '']), ...pathCells(path)]),
  );
  const title = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
  return [
    `${visible(title)}:`,
    ...(rows.length === 0
      ? [hiddenCount === 0 ? '  nobody' : '  nobody that you may see']
      : columnLines([['WHO', 'ID', ...pathHeader], ...rows]).map((line) => `  ${line}`)),
    ...(hiddenCount > 0 ? ['', `  ${counted(hiddenCount)} whom you may not see`] : []),
    ...(moreCount > 0 ? ['', `  ${counted(moreCount)}; raise -limit to see them`] : []),
  ].join('\n');
}

const counted = (count: number): string => (count === 1 ? 'and 1 user more' : `and ${count} users more`);

function whoCells({ kind, userId, user }: Holder): string[] {
  if (kind === 'SIGNED_IN') return ['everybody who has signed in', userId];
  if (kind === 'NOT_SIGNED_IN') return ['who has not signed in', userId];
  return [`${user?.name ?? ''}${user?.isDisabled ? ' (disabled)' : ''}`.trim(), userId];
}
