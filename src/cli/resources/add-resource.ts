import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addChanges } from './change-commands.js';
import { addSubtypes } from './subtype-commands.js';
import { addList, addRead } from './read-commands.js';
import { nounsOf, type ResourceSpec } from './resource-spec.js';

/** Adds the commands of a resource. Returns the group, for commands that only it has. */
export function addResource(program: Command, context: CliContext, spec: ResourceSpec): Command {
  const group = program.command(spec.noun).description(`${whatIsDone(spec)} ${nounsOf(spec)}`);
  addList(group, context, spec);
  addRead(group, context, spec);
  addChanges(group, context, spec);
  if (spec.subtypes) addSubtypes(group, context, spec, spec.subtypes);
  return group;
}

function whatIsDone({ create, update, subtypes, members, isDeletable }: ResourceSpec): string {
  if (create ?? update ?? subtypes ?? members) return 'list, read and change';
  return isDeletable ? 'list, read and delete' : 'list and read';
}
