import type { Command } from 'commander';
import { apiOf, withCommonOptions, type CliContext } from '../cli-context.js';
import { change, changeAt, clearable, nameFlags, versionHelp, type Options } from './change-commands.js';
import { addFlags, fieldsOf } from './field-flags.js';
import { camel, nounsOf, oneOf, type ResourceSpec, type SubtypeSpec } from './resource-spec.js';

/** Adds `create` and `update` of a resource that has several types, with a command for each. */
export function addSubtypes(
  group: Command,
  context: CliContext,
  spec: ResourceSpec,
  subtypes: readonly SubtypeSpec[],
): void {
  const create = group.command('create').description(`make ${nounsOf(spec)}, each type by its own command`);
  const update = group.command('update').description(`change ${nounsOf(spec)}; what is not named stays`);
  for (const subtype of subtypes) {
    addCreate(create, context, spec, subtype);
    addUpdate(update, context, spec, subtype);
  }
}

function addCreate(group: Command, context: CliContext, spec: ResourceSpec, subtype: SubtypeSpec): void {
  const { word, mutation, fields, examples } = subtype;
  const flags = [...nameFlags, ...fields];
  const command = withCommonOptions(group.command(word)).description(`make ${oneOf(spec)} of type ${word}`);
  const { place } = spec;
  if (place !== 'scope') command.requiredOption(`--${place.flag} <id>`, place.help);
  addFlags(command, flags);
  command
    .addHelpText('after', `\nExample:\n  $ postern ${spec.noun} create ${word} ${examples.create}`)
    .action(async (options: Options) => {
      const where = place === 'scope' ? {} : { [place.field]: options[camel(place.flag)] };
      const input = { ...where, ...(await fieldsOf(flags, options, context)) };
      await change(apiOf(options, context), context, options, spec, mutation, input);
    });
}

function addUpdate(group: Command, context: CliContext, spec: ResourceSpec, subtype: SubtypeSpec): void {
  const { word, fields, exampleId, examples } = subtype;
  const flags = [...clearable(nameFlags), ...fields.map((one) => ({ ...one, isRequired: false }))];
  const command = withCommonOptions(group.command(word))
    .description(`change ${oneOf(spec)} of type ${word}; what is not named stays`)
    .requiredOption('--id <id>', 'identifier')
    .option('--version <number>', versionHelp);
  addFlags(command, flags);
  command
    .addHelpText(
      'after',
      `\nExample:\n  $ postern ${spec.noun} update ${word} -id=${exampleId} ${examples.update}`,
    )
    .action(async (options: Options) => {
      await changeAt(context, options, spec, `update${spec.type}`, await fieldsOf(flags, options, context));
    });
}
