import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { print } from '../output.js';
import { addFlags, fieldsOf, listOf, type Read } from './field-flags.js';
import { idMeant, readItem } from './read-commands.js';
import { changeDocument, deleteDocument, membersMutation } from './resource-documents.js';
import { camel, fieldOf, oneOf, titleOf, type FieldFlag, type ResourceSpec } from './resource-spec.js';
import { itemTable, type ResourceItem } from './resource-table.js';

/** What commander read of a command of a resource. */
export type Options = CommonOptions & Read & { readonly id?: string; readonly version?: string };

/** The flags of what nearly every resource has. */
export const nameFlags: readonly FieldFlag[] = [
  { flag: 'name', value: 'name', help: 'name' },
  { flag: 'description', value: 'text', help: 'description' },
];

/** The same, as a change takes them. */
export const clearable = (flags: readonly FieldFlag[]): readonly FieldFlag[] =>
  flags.map((one) => ({ ...one, help: `${one.help}; \`null\` clears it` }));

/** What is said of `-version`. */
export const versionHelp = 'version that was read; the present one when left out';

/** Adds `create`, `update`, `delete` and the changes of members, as far as the resource has them. */
export function addChanges(group: Command, context: CliContext, spec: ResourceSpec): void {
  if (spec.create) addCreate(group, context, spec, spec.create);
  if (spec.update) addUpdate(group, context, spec, spec.update);
  if (spec.isDeletable) addDelete(group, context, spec);
  for (const members of spec.members ?? []) addMembers(group, context, spec, members);
  for (const verb of spec.verbs ?? []) addVerb(group, context, spec, verb);
}

/** The ancestor names the subtype behind the verb: `hosts create static`. It may be left out here. */
function withSubtype(command: Command, { subtype }: ResourceSpec): Command {
  return subtype === undefined
    ? command
    : command.argument('[type]', `\`${subtype}\`, which is the only type`);
}

function checkSubtype({ subtype }: ResourceSpec, given: unknown): void {
  if (typeof given === 'string' && given !== subtype)
    throw new CliFailure(`there is no type ${given} here; leave it out, or write ${subtype}`);
}

function addCreate(
  group: Command,
  context: CliContext,
  spec: ResourceSpec,
  fields: readonly FieldFlag[],
): void {
  const { noun, place, subtype, hasNames = true, needsName = false, examples } = spec;
  const names = nameFlags.map((one) => ({ ...one, isRequired: needsName && one.flag === 'name' }));
  const flags = [...(hasNames ? names : []), ...fields];
  const command = withSubtype(withCommonOptions(group.command('create')), spec);
  command.description(`make ${oneOf(spec)}`);
  if (place === 'scope')
    command.option('--scope-id <id>', 'scope it is to live in; global when left out (POSTERN_SCOPE_ID)');
  else command.requiredOption(`--${place.flag} <id>`, place.help);
  addFlags(command, flags);
  const words = subtype === undefined ? 'create' : `create ${subtype}`;
  command.addHelpText('after', `\nExample:\n  $ postern ${noun} ${words} ${examples.create ?? ''}`);
  command.action(async (...args: unknown[]) => {
    const options = args.at(-2) as Options;
    checkSubtype(spec, args[0]);
    const where =
      place === 'scope'
        ? { scopeId: options['scopeId'] ?? context.env['POSTERN_SCOPE_ID'] ?? 'global' }
        : { [place.field]: options[camel(place.flag)] };
    const input = { ...where, ...(await fieldsOf(flags, options, context)) };
    await change(apiOf(options, context), context, options, spec, `create${spec.type}`, input);
  });
}

function addUpdate(
  group: Command,
  context: CliContext,
  spec: ResourceSpec,
  fields: readonly FieldFlag[],
): void {
  const { noun, subtype, hasNames = true, exampleId } = spec;
  const flags = [...(hasNames ? clearable(nameFlags) : []), ...fields];
  const command = withSubtype(withCommonOptions(group.command('update')), spec)
    .description(`change ${oneOf(spec)}; what is not named stays`)
    .requiredOption('--id <id>', 'identifier')
    .option('--version <number>', versionHelp);
  addFlags(command, flags);
  const words = subtype === undefined ? 'update' : `update ${subtype}`;
  const example = flags[0] ? `-${flags[0].flag}=…` : '';
  command.addHelpText('after', `\nExample:\n  $ postern ${noun} ${words} -id=${exampleId} ${example}`);
  command.action(async (...args: unknown[]) => {
    const options = args.at(-2) as Options;
    checkSubtype(spec, args[0]);
    const patch = await fieldsOf(flags, options, context);
    await changeAt(context, options, spec, `update${spec.type}`, patch);
  });
}

function addDelete(group: Command, context: CliContext, spec: ResourceSpec): void {
  const { hasVersions = true, idHelp = 'identifier' } = spec;
  const command = withCommonOptions(group.command('delete'))
    .description(`delete ${oneOf(spec)} and what is its own`)
    .requiredOption('--id <id>', idHelp);
  if (hasVersions)
    command.option('--version <number>', 'version that was read; deleted whatever its version when left out');
  command
    .addHelpText('after', `\nExample:\n  $ postern ${spec.noun} delete -id=${spec.exampleId}`)
    .action(async ({ version, ...options }: Options) => {
      const api = apiOf(options, context);
      const id = idMeant(spec, options.id, api);
      const input = { id, ...(version === undefined ? {} : { expectedVersion: numberOf(version) }) };
      await api.run(deleteDocument(spec), { input });
      print(
        outputOf(options, context),
        { deleted_id: id },
        () => 'The delete operation completed successfully.',
      );
    });
}

const verbHelp = { add: 'add', set: 'say which are the', remove: 'take away' } as const;

function addMembers(
  group: Command,
  context: CliContext,
  spec: ResourceSpec,
  members: NonNullable<ResourceSpec['members']>[number],
): void {
  const { noun, flag, field, value, help, example, shape = (list) => list } = members;
  const words = noun.replaceAll('-', ' ');
  for (const verb of ['add', 'set', 'remove'] as const) {
    const command = withCommonOptions(group.command(`${verb}-${noun}`))
      .description(`${verbHelp[verb]} ${words} of ${oneOf(spec)}`)
      .requiredOption('--id <id>', 'identifier')
      .option('--version <number>', versionHelp);
    const none = verb === 'set' ? '; `null` for none at all' : '';
    addFlags(command, [{ flag, kind: 'list', value, help: `${help}; may be given several times${none}` }]);
    command
      .addHelpText(
        'after',
        `\nExample:\n  $ postern ${spec.noun} ${verb}-${noun} -id=${spec.exampleId} ${example}`,
      )
      .action(async (options: Options) => {
        const given = options[camel(flag)] as string[] | undefined;
        if (given === undefined) throw new CliFailure(`-${flag} is missing: name at least one`);
        const mutation = membersMutation(spec, verb, members);
        await changeAt(context, options, spec, mutation, { [field]: shape(listOf(given)) });
      });
  }
}

function addVerb(
  group: Command,
  context: CliContext,
  spec: ResourceSpec,
  { verb, mutation, help, flags, example }: NonNullable<ResourceSpec['verbs']>[number],
): void {
  const command = withCommonOptions(group.command(verb))
    .description(help)
    .requiredOption('--id <id>', 'identifier')
    .option('--version <number>', versionHelp);
  addFlags(command, flags);
  command
    .addHelpText('after', `\nExample:\n  $ postern ${spec.noun} ${verb} -id=${spec.exampleId} ${example}`)
    .action(async (options: Options) => {
      await changeAt(context, options, spec, mutation, await fieldsOf(flags, options, context));
    });
}

/** Changes a resource at the version given, or at the one it has now. */
export async function changeAt(
  context: CliContext,
  options: Options,
  spec: ResourceSpec,
  mutation: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  const api = apiOf(options, context);
  const id = options.id ?? '';
  const expectedVersion =
    options.version === undefined ? (await readItem(api, spec, id)).version : numberOf(options.version);
  await change(api, context, options, spec, mutation, { id, expectedVersion, ...fields });
}

/** Sends a change, and prints what came of it. */
export async function change(
  api: ApiClient,
  context: CliContext,
  options: CommonOptions,
  spec: ResourceSpec,
  mutation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const output = outputOf(options, context);
  const answer = await api.run<Record<string, Record<string, ResourceItem | null>>>(
    changeDocument(spec, mutation),
    { input },
  );
  const item = answer[mutation]?.[fieldOf(spec)] ?? null;
  print(output, { item }, () =>
    item === null
      ? 'It is done. What came of it may not be shown to you.'
      : itemTable(titleOf(spec), item, spec.facts?.(item) ?? {}, spec.sections?.(item)),
  );
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new CliFailure('-version must be a whole number');
  return Number(text);
}
