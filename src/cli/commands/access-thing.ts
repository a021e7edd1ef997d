import type { Command } from 'commander';
import { CliFailure } from '../cli-failure.js';

/** What a question of access is about, as the command line gives it. */
export interface ThingOptions {
  readonly action?: string;
  readonly resourceId?: string;
  readonly type?: string;
  readonly scopeId?: string;
  readonly containerId?: string;
}

/** Adds the flags that say what a question of access is about. */
export function withThing(command: Command): Command {
  return command
    .option('--action <action>', 'action, as grants write it: authorize-session, read:self')
    .option('--resource-id <id>', 'resource, or an alias of a target')
    .option(
      '--type <type>',
      'instead of a resource the collection of this type, as grants write it: host-set',
    )
    .option('--scope-id <id>', 'scope of the collection')
    .option('--container-id <id>', 'container of the collection: the host catalog of hosts');
}

/** The same as variables of a query. */
export function thingVariables({ action, ...thing }: ThingOptions): Record<string, string | undefined> {
  if (action === undefined) throw new CliFailure('give -action, authorize-session for instance');
  if (!/^[a-z-]+(:[a-z-]+)?$/.test(action))
    throw new CliFailure('-action must be one that grants name, authorize-session or read:self for instance');
  const { resourceId, type, scopeId, containerId } = thing;
  if (resourceId === undefined && type === undefined)
    throw new CliFailure('give -resource-id, or -type with -scope-id for a collection');
  return { action: action.toUpperCase().replaceAll(/[-:]/g, '_'), resourceId, type, scopeId, containerId };
}

export const thingParameters =
  '$action: Action!, $resourceId: ID, $type: String, $scopeId: ID, $containerId: ID';
export const thingArguments =
  'action: $action, resourceId: $resourceId, type: $type, scopeId: $scopeId, containerId: $containerId';

/** A way to an access, as the API answers. */
export interface AccessPath {
  readonly isHidden: boolean;
  readonly sentence: string;
  readonly roleId: string | null;
  readonly roleName: string | null;
  readonly roleScopeId: string | null;
  readonly grantScope: string | null;
  readonly grant: string | null;
  readonly action: string | null;
  readonly accountId: string | null;
  readonly holding: string | null;
  readonly groupId: string | null;
  readonly groupName: string | null;
  readonly isGroupHidden: boolean;
}

export const pathSelection =
  'isHidden sentence roleId roleName roleScopeId grantScope grant action accountId holding groupId groupName isGroupHidden';

/** The header of a table of paths, and the cells of one. */
export const pathHeader = ['ROLE', 'HELD', 'SPEAKS FOR', 'GRANT'];

export function pathCells(path: AccessPath): string[] {
  if (path.isHidden) return ['a role that you may not read', '', '', ''];
  const { roleName, roleId, roleScopeId, grantScope, grant } = path;
  const isWord = grantScope === 'children' || grantScope === 'descendants';
  const place = isWord ? `${grantScope} of ${roleScopeId}` : grantScope === 'this' ? roleScopeId : grantScope;
  const name = roleName === null ? roleId : `${roleName} (${roleId})`;
  return [name ?? '', heldWords(path), place ?? '', grant ?? ''];
}

function heldWords({ holding, groupId, groupName, isGroupHidden, accountId }: AccessPath): string {
  const by = isGroupHidden ? 'by a hidden group' : groupId === null ? '' : `by group ${groupName ?? groupId}`;
  const as = { SIGNED_IN: 'by everybody who has signed in', EVERYBODY: 'by everybody' }[holding ?? ''] ?? '';
  const how = [as, by].filter(Boolean).join(', ') || 'directly';
  return accountId === null ? how : `${how}, as ${accountId}`;
}
