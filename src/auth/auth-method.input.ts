import { Field, ID, InputType, Int } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import type {
  CreateAuthMethodInput as NewMethod,
  UpdateAuthMethodInput as MethodPatch,
} from './change-auth-method.js';

@InputType('CreateAuthMethodInput', { description: 'Makes a password auth method in global or an org.' })
export class CreateAuthMethodInput extends CreateInput implements NewMethod {
  @Field(() => ID, { description: 'Global or the org it is to live in.' })
  scopeId!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Characters that login names must have, 1 to 128; 3 unless told otherwise.',
  })
  minLoginNameLength?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Bytes that passwords must have, 1 to 1024; 8 unless told otherwise.',
  })
  minPasswordLength?: number | null;
}

@InputType('UpdateAuthMethodInput', { description: 'Changes an auth method.' })
export class UpdateAuthMethodInput extends UpdateInput implements MethodPatch {
  @Field(() => Int, {
    nullable: true,
    description: 'Characters that login names set from now on must have, 1 to 128; null makes it 3.',
  })
  minLoginNameLength?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Bytes that passwords set from now on must have, 1 to 1024; null makes it 8.',
  })
  minPasswordLength?: number | null;
}

export const DeleteAuthMethodInput = deleteInput(
  'DeleteAuthMethodInput',
  'an auth method with its accounts and their tokens',
);
