import { Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import type { CreateUserInput as NewUser, UpdateUserInput as UserPatch } from './change-user.js';
import { UserTypeEnum } from './user.entity.js';
import type { UserType } from './user.rules.js';

@InputType('CreateUserInput', { description: 'Makes a user in global or an org.' })
export class CreateUserInput extends CreateInput implements NewUser {
  @Field(() => ID, { description: 'Global or the org it is to live in.' })
  scopeId!: string;

  @Field(() => UserTypeEnum, { nullable: true, description: 'PERSON when left out; never changes.' })
  type?: UserType | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is kept out; it is not when left out.' })
  isDisabled?: boolean | null;
}

@InputType('UpdateUserInput', { description: 'Changes a user.' })
export class UpdateUserInput extends UpdateInput implements UserPatch {
  @Field(() => Boolean, {
    nullable: true,
    description:
      'True keeps it out: its tokens go and its sessions end at once. False or null lets it in again, without them.',
  })
  isDisabled?: boolean | null;
}

export const DeleteUserInput = deleteInput('DeleteUserInput', 'a user');
