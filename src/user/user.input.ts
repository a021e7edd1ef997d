import { Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import type { CreateUserInput as NewUser, UpdateUserInput as UserPatch } from './change-user.js';

@InputType('CreateUserInput', { description: 'Makes a user in global or an org.' })
export class CreateUserInput extends CreateInput implements NewUser {
  @Field(() => ID, { description: 'Global or the org it is to live in.' })
  scopeId!: string;
}

@InputType('UpdateUserInput', { description: 'Changes a user.' })
export class UpdateUserInput extends UpdateInput implements UserPatch {}

export const DeleteUserInput = deleteInput('DeleteUserInput', 'a user');
