import { Field, ID, InputType, Int } from 'type-graphql';
import { deleteInput, UpdateInput, type MembersChange } from '../api/change.input.js';
import type { UpdateWorkerInput as WorkerPatch } from './change-worker.js';
import type { TagValues } from './worker-tag.rules.js';

@InputType('WorkerTagInput', { description: 'A tag of a worker with its values.' })
export class WorkerTagInput implements TagValues {
  @Field(() => String, { description: '1 to 512 printable characters in lower case, without a comma.' })
  key!: string;

  @Field(() => [String], { description: 'Each as the key; at least one.' })
  values!: string[];
}

@InputType('UpdateWorkerInput', {
  description: 'Describes a worker. Its name comes from --worker-name of its server.',
})
export class UpdateWorkerInput extends UpdateInput implements WorkerPatch {}

export const DeleteWorkerInput = deleteInput('DeleteWorkerInput', 'a worker that is not live');

/** Tags are members of two parts, so `membersInput` does not fit. */
@InputType()
abstract class TagsInput implements MembersChange {
  @Field(() => ID, { description: 'Worker.' })
  id!: string;

  @Field(() => Int, {
    description: 'Version that was read. Fails with VERSION_CONFLICT when it is another by now.',
  })
  expectedVersion!: number;

  @Field(() => [WorkerTagInput], { description: 'Tags; at most 1000 values in all.' })
  apiTags!: WorkerTagInput[];
}

@InputType('AddWorkerTagsInput', { description: 'Tags to give a worker.' })
export class AddWorkerTagsInput extends TagsInput {}

@InputType('SetWorkerTagsInput', {
  description: 'The tags a worker is to have beside those of its settings; none takes all away.',
})
export class SetWorkerTagsInput extends TagsInput {}

@InputType('RemoveWorkerTagsInput', { description: 'Tags to take from a worker; it must have each of them.' })
export class RemoveWorkerTagsInput extends TagsInput {}
