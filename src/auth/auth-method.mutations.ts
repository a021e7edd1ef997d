import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import type { AuthMethod } from './auth-method.entity.js';
import * as inputs from './auth-method.input.js';
import * as payloads from './auth.payload.js';
import { createAuthMethod, deleteAuthMethod, updateAuthMethod } from './change-auth-method.js';

const input = { description: 'Input.' };

@Resolver()
export class AuthMethodMutations {
  @Mutation(() => payloads.CreateAuthMethodPayload, {
    description:
      'Make a password auth method. It is not the primary one of its scope until updateScope says so.',
  })
  async createAuthMethod(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateAuthMethodInput, input) asked: inputs.CreateAuthMethodInput,
  ): Promise<{ authMethod: AuthMethod | null }> {
    return { authMethod: await request.write('createAuthMethod', (ctx) => createAuthMethod(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateAuthMethodPayload, {
    description: 'Change an auth method. Lengths are asked of names and passwords that are set from then on.',
  })
  async updateAuthMethod(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateAuthMethodInput, input) asked: inputs.UpdateAuthMethodInput,
  ): Promise<{ authMethod: AuthMethod | null }> {
    return { authMethod: await request.write('updateAuthMethod', (ctx) => updateAuthMethod(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteAuthMethodPayload, {
    description:
      'Delete an auth method with its accounts and their tokens. Sessions made with one end; users stay. Its scope has no primary one then, if this was it.',
  })
  deleteAuthMethod(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteAuthMethodInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteAuthMethod', (ctx) => deleteAuthMethod(ctx, asked));
  }
}
