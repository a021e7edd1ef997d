import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addChanges } from './change-commands.js';
import { addList, addRead } from './read-commands.js';
import { nounsOf, type ResourceSpec } from './resource-spec.js';

/** Adds the commands of a resource. Returns the group, for commands that only it has. */
export function addResource(program: Command, context: CliContext, spec: ResourceSpec): Command {
  const isChanged = spec.create ?? spec.update ?? spec.members ?? spec.verbs ?? spec.isDeletable;
  const group = program
    .command(spec.noun)
    .description(`${isChanged ? 'list, read and change' : 'list and read'} ${nounsOf(spec)}`);
  addList(group, context, spec);
  addRead(group, context, spec);
  addChanges(group, context, spec);
  return group;
}
