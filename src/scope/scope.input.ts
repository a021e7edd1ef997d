import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { CreateInput, deleteInput, UpdateInput } from '../api/change.input.js';
import { PageArgs } from '../api/page.js';
import type { CreateScopeInput as NewScope, UpdateScopeInput as ScopePatch } from './change-scope.js';
import type { ScopeArgs } from './list-in-scope.js';

/** Arguments of every list that stands in a scope. */
@ArgsType()
export class ScopeListArgs extends PageArgs implements ScopeArgs {
  @Field(() => ID, { description: 'Scope to list.' })
  scopeId!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Include the scopes below it.' })
  recursive!: boolean;
}

@InputType('CreateScopeInput', { description: 'Makes an org in global, or a project in an org.' })
export class CreateScopeInput extends CreateInput implements NewScope {
  @Field(() => ID, { description: 'Scope above it: global for an org, an org for a project.' })
  scopeId!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Leave out the role Administration, by which you may do everything in it.',
  })
  skipAdminRoleCreation?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Leave out the role of everybody: in an org to sign in and see to one’s own account and tokens, in a project to list targets and see to one’s own sessions.',
  })
  skipDefaultRoleCreation?: boolean | null;
}

@InputType('UpdateScopeInput', { description: 'Changes a scope.' })
export class UpdateScopeInput extends UpdateInput implements ScopePatch {
  @Field(() => ID, {
    nullable: true,
    description:
      'One of its own auth methods, to sign people in unless they name another; null for none. Not on projects.',
  })
  primaryAuthMethodId?: string | null;
}

export const DeleteScopeInput = deleteInput(
  'DeleteScopeInput',
  'an org or a project with all that lives in it',
);
