import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { askNewSecret, askSecret, namedSecret, readSecret } from '../secret-input.js';
import { camel, type FieldFlag } from './resource-spec.js';

/** What commander read, by the flag's name in camelCase. */
export type Read = Readonly<Record<string, unknown>>;

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Adds the flags of fields to a command. */
export function addFlags(command: Command, flags: readonly FieldFlag[]): void {
  for (const { flag, kind = 'text', choices, value = choices?.join('|') ?? 'value', ...one } of flags) {
    const { help, isRequired = false } = one;
    const text = kind === 'switch' ? `--${flag}` : `--${flag} <${value}>`;
    if (kind === 'list') command.option(text, help, collect);
    else if (isRequired && kind !== 'secret') command.requiredOption(text, help);
    else command.option(text, help);
  }
}

/** What the command line says of the fields: only those that it names. The word `null` clears a field. */
export async function fieldsOf(
  flags: readonly FieldFlag[],
  read: Read,
  context: CliContext,
): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const one of flags) {
    const given = read[camel(one.flag)];
    const isAsked = one.kind === 'secret' && one.isRequired === true;
    if (given === undefined && !isAsked) continue;
    fields[one.field ?? camel(one.flag)] = await valueOf(one, given, context);
  }
  return fields;
}

async function valueOf(field: FieldFlag, given: unknown, context: CliContext): Promise<unknown> {
  const { flag, kind = 'text', shape = (list) => list } = field;
  if (kind === 'secret') return secretOf(field, given as string | undefined, context);
  if (kind === 'switch') return true;
  if (kind === 'list') return shape(listOf(given as string[]));
  const text = given as string;
  if (text === 'null') return null;
  if (kind === 'choice') return choiceOf(field, text);
  if (kind === 'text') return text;
  if (kind === 'boolean') return booleanOf(flag, text);
  if (!/^-?\d{1,10}$/.test(text))
    throw new CliFailure(`-${flag} must be a whole number, or null to clear it`);
  return Number(text);
}

function booleanOf(flag: string, text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new CliFailure(`-${flag} must be true or false`);
  return text === 'true';
}

function choiceOf({ flag, choices = [] }: FieldFlag, text: string): string {
  if (!choices.includes(text)) throw new CliFailure(`-${flag} must be ${choices.join(' or ')}`);
  return text.toUpperCase().replaceAll('-', '_');
}

/** A list that is given as the one word `null` is empty. */
export function listOf(given: readonly string[]): readonly string[] {
  return given.length === 1 && given[0] === 'null' ? [] : given;
}

async function secretOf(field: FieldFlag, given: string | undefined, context: CliContext): Promise<unknown> {
  const { flag, isWhole, isNullable, parse = (text) => text } = field;
  if (given === undefined && isWhole)
    throw new CliFailure(
      `-${flag} is missing: name it as file://PATH or env://NAME, or give - and pipe it in`,
    );
  if (given === 'null' && isNullable) return null;
  if (given === undefined || given === '-')
    return parse(await (isWhole ? readSecret(context.stdin) : askedSecret(field, context)));
  const named = namedSecret(given, context.env);
  if (named === null)
    throw new CliFailure(
      `-${flag} takes env://NAME, file://PATH or -: an argument would show in the process list`,
    );
  return parse(named);
}

function askedSecret({ flag, isNew }: FieldFlag, { stdin, stderr }: CliContext): Promise<string> {
  const question = `Please enter the ${flag.replaceAll('-', ' ')} (it will be hidden): `;
  return isNew ? askNewSecret(question, stdin, stderr) : askSecret(question, stdin, stderr);
}
