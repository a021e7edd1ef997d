import { Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, membersInput, UpdateInput } from '../api/change.input.js';
import type { CreateGroupInput as NewGroup, UpdateGroupInput as GroupPatch } from './change-group.js';

@InputType('CreateGroupInput', { description: 'Makes a group in a scope.' })
export class CreateGroupInput extends CreateInput implements NewGroup {
  @Field(() => ID, { description: 'Scope it is to live in.' })
  scopeId!: string;
}

@InputType('UpdateGroupInput', { description: 'Changes a group.' })
export class UpdateGroupInput extends UpdateInput implements GroupPatch {}

export const DeleteGroupInput = deleteInput('DeleteGroupInput', 'a group');

export const AddGroupMembersInput = membersInput(
  'AddGroupMembersInput',
  'memberIds',
  'Users to add, of any scope',
);
export const SetGroupMembersInput = membersInput(
  'SetGroupMembersInput',
  'memberIds',
  'The users it is to hold',
);
export const RemoveGroupMembersInput = membersInput(
  'RemoveGroupMembersInput',
  'memberIds',
  'Users to take out',
);
