import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { createScope, deleteScope, updateScope } from './change-scope.js';
import type { Scope } from './scope.entity.js';
import * as inputs from './scope.input.js';
import * as payloads from './scope.payload.js';

const input = { description: 'Input.' };

@Resolver()
export class ScopeMutations {
  @Mutation(() => payloads.CreateScopePayload, {
    description: 'Make an org in global, or a project in an org, with the roles it begins with.',
  })
  async createScope(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateScopeInput, input) asked: inputs.CreateScopeInput,
  ): Promise<{ scope: Scope | null }> {
    return { scope: await request.write('createScope', (ctx) => createScope(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateScopePayload, {
    description: 'Rename or describe a scope, or say which of its auth methods is its primary one.',
  })
  async updateScope(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateScopeInput, input) asked: inputs.UpdateScopeInput,
  ): Promise<{ scope: Scope | null }> {
    return { scope: await request.write('updateScope', (ctx) => updateScope(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteScopePayload, {
    description:
      'Delete an org or a project with all that lives in it. Sessions that hang on any of it end, and stay as history.',
  })
  deleteScope(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteScopeInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteScope', (ctx) => deleteScope(ctx, asked));
  }
}
