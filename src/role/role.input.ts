import { Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, membersInput, UpdateInput } from '../api/change.input.js';
import type { CreateRoleInput as NewRole, UpdateRoleInput as RolePatch } from './change-role.js';

@InputType('CreateRoleInput', { description: 'Makes a role in a scope.' })
export class CreateRoleInput extends CreateInput implements NewRole {
  @Field(() => ID, { description: 'Scope it is to live in, and for which alone it speaks at first.' })
  scopeId!: string;
}

@InputType('UpdateRoleInput', { description: 'Changes a role.' })
export class UpdateRoleInput extends UpdateInput implements RolePatch {}

export const DeleteRoleInput = deleteInput('DeleteRoleInput', 'a role');

export const AddRolePrincipalsInput = membersInput(
  'AddRolePrincipalsInput',
  'principalIds',
  'Users and groups to add, of any scope',
);
export const SetRolePrincipalsInput = membersInput(
  'SetRolePrincipalsInput',
  'principalIds',
  'The users and groups that are to hold it',
);
export const RemoveRolePrincipalsInput = membersInput(
  'RemoveRolePrincipalsInput',
  'principalIds',
  'Users and groups to take it from',
);

export const AddRoleGrantsInput = membersInput(
  'AddRoleGrantsInput',
  'grantStrings',
  'Grants to add, `ids=*;type=target;actions=read` or the same in JSON',
  String,
);
export const SetRoleGrantsInput = membersInput(
  'SetRoleGrantsInput',
  'grantStrings',
  'The grants it is to have',
  String,
);
export const RemoveRoleGrantsInput = membersInput(
  'RemoveRoleGrantsInput',
  'grantStrings',
  'Grants to take away, however they are written',
  String,
);

const scopesHelp = '`this`, `children`, `descendants` or identifiers of scopes';
export const AddRoleGrantScopesInput = membersInput(
  'AddRoleGrantScopesInput',
  'grantScopeIds',
  `Scopes to speak for as well: ${scopesHelp}`,
  String,
);
export const SetRoleGrantScopesInput = membersInput(
  'SetRoleGrantScopesInput',
  'grantScopeIds',
  `The scopes it is to speak for: ${scopesHelp}`,
  String,
);
export const RemoveRoleGrantScopesInput = membersInput(
  'RemoveRoleGrantScopesInput',
  'grantScopeIds',
  'Scopes to speak for no longer',
  String,
);
