import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { CreateInput, deleteInput, membersInput, UpdateInput } from '../api/change.input.js';
import { ResourceFilterInput, ResourceOrderInput } from '../scope/resource.input.js';
import { ScopeListArgs } from '../scope/scope.input.js';
import type { NewTargetAlias } from './alias-of-target.js';
import type { CreateTargetInput as NewTarget, UpdateTargetInput as TargetPatch } from './change-target.js';
import type { TargetFilter, TargetListing } from './list-targets.js';
import { OnPermissionLossEnum } from './target.entity.js';
import type { OnPermissionLoss } from './target.rules.js';

@InputType('TargetFilter', { description: 'Narrows a list of targets. Fields are joined by AND.' })
export class TargetFilterInput extends ResourceFilterInput implements TargetFilter {
  @Field(() => [String], { nullable: true, description: 'Any of these addresses as they are, at most 50.' })
  addressIn?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'By any of these host sets, at most 50.' })
  hostSourceIdIn?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Handing out any of these credentials, at most 50.' })
  brokeredCredentialSourceIdIn?: string[] | null;
}

@ArgsType()
export class TargetListArgs extends ScopeListArgs implements TargetListing {
  @Field(() => TargetFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: TargetFilterInput | null;

  @Field(() => ResourceOrderInput, { nullable: true, description: 'Order, oldest first by default.' })
  orderBy?: ResourceOrderInput | null;
}

const secondsRule = 'Longest life of a session in seconds, at most a year; 28800 (8 hours)';
const limitRule = 'How many connections one session may open in its life, 1 or more; -1 (any number)';

const filterRule =
  'Filter that a worker must match to serve its sessions, over its `name` and `tags`, such as `"db" in "/tags/type"`';

const lossRule =
  'What becomes of its sessions when their user may not ask for them any more, or would not get to the same place';

@InputType('TargetAliasInput', { description: 'An alias that is made together with its target.' })
export class TargetAliasInput implements NewTargetAlias {
  @Field(() => String, { description: 'What is written, such as db.corp.' })
  value!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Host of the same project that sessions by it go to; any of the target when left out.',
  })
  hostId?: string | null;
}

@InputType('CreateTargetInput', { description: 'Makes a target in a project.' })
export class CreateTargetInput extends CreateInput implements NewTarget {
  @Field(() => ID, { description: 'Project it is to live in.' })
  scopeId!: string;

  @Field(() => String, { description: '1 to 128 printable characters; unique in the project.' })
  override name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Host name or IP, without a port; leave it out to go by host sources.',
  })
  address?: string | null;

  @Field(() => Int, { description: 'Port the worker dials, 1 to 65535.' })
  defaultPort!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Local port that `postern connect` listens on unless told another, 1 to 65535.',
  })
  defaultClientPort?: number | null;

  @Field(() => Int, { nullable: true, description: `${secondsRule} when left out.` })
  sessionMaxSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: `${limitRule} when left out.` })
  sessionConnectionLimit?: number | null;

  @Field(() => String, { nullable: true, description: `${filterRule}; any worker when left out.` })
  egressWorkerFilter?: string | null;

  @Field(() => OnPermissionLossEnum, {
    nullable: true,
    description: `${lossRule}; CANCEL when left out.`,
  })
  onPermissionLoss?: OnPermissionLoss | null;

  @Field(() => [TargetAliasInput], {
    nullable: true,
    description: 'Aliases to make with it, at most 20. Needs `create` on aliases.',
  })
  withAliases?: TargetAliasInput[] | null;
}

@InputType('UpdateTargetInput', { description: 'Changes a target, named by its id or an alias.' })
export class UpdateTargetInput extends UpdateInput implements TargetPatch {
  @Field(() => String, {
    nullable: true,
    description: 'Host name or IP, without a port; null clears it. Does not go with host sources.',
  })
  address?: string | null;

  @Field(() => Int, { nullable: true, description: 'Port the worker dials, 1 to 65535.' })
  defaultPort?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Local port that `postern connect` listens on unless told another; null clears it.',
  })
  defaultClientPort?: number | null;

  @Field(() => Int, { nullable: true, description: `${secondsRule} with null.` })
  sessionMaxSeconds?: number | null;

  @Field(() => Int, { nullable: true, description: `${limitRule} with null.` })
  sessionConnectionLimit?: number | null;

  @Field(() => String, { nullable: true, description: `${filterRule}; any worker with null.` })
  egressWorkerFilter?: string | null;

  @Field(() => OnPermissionLossEnum, { nullable: true, description: `${lossRule}; CANCEL with null.` })
  onPermissionLoss?: OnPermissionLoss | null;
}

export const DeleteTargetInput = deleteInput('DeleteTargetInput', 'a target, named by its id or an alias');

export const AddTargetHostSourcesInput = membersInput(
  'AddTargetHostSourcesInput',
  'hostSourceIds',
  'Host sets to attach',
);
export const SetTargetHostSourcesInput = membersInput(
  'SetTargetHostSourcesInput',
  'hostSourceIds',
  'The host sets it is to go by',
);
export const RemoveTargetHostSourcesInput = membersInput(
  'RemoveTargetHostSourcesInput',
  'hostSourceIds',
  'Host sets to detach',
);

export const AddTargetCredentialSourcesInput = membersInput(
  'AddTargetCredentialSourcesInput',
  'brokeredCredentialSourceIds',
  'Credentials to attach',
);
export const SetTargetCredentialSourcesInput = membersInput(
  'SetTargetCredentialSourcesInput',
  'brokeredCredentialSourceIds',
  'The credentials it is to hand out',
);
export const RemoveTargetCredentialSourcesInput = membersInput(
  'RemoveTargetCredentialSourcesInput',
  'brokeredCredentialSourceIds',
  'Credentials to detach',
);
