import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { createUserIn, deleteUser, updateUser } from './change-user.js';
import type { User } from './user.entity.js';
import * as inputs from './user.input.js';
import * as payloads from './user.payload.js';

const input = { description: 'Input.' };

@Resolver()
export class UserMutations {
  @Mutation(() => payloads.CreateUserPayload, {
    description:
      'Make a user in global or an org. Give a person an account and a service an API token, so that they come in.',
  })
  async createUser(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateUserInput, input) asked: inputs.CreateUserInput,
  ): Promise<{ user: User | null }> {
    return { user: await request.write('createUser', (ctx) => createUserIn(ctx, asked)) };
  }

  @Mutation(() => payloads.UpdateUserPayload, {
    description: 'Rename or describe a user, keep it out or let it in again. Nobody disables themselves.',
  })
  async updateUser(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateUserInput, input) asked: inputs.UpdateUserInput,
  ): Promise<{ user: User | null }> {
    return { user: await request.write('updateUser', (ctx) => updateUser(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteUserPayload, {
    description:
      'Delete a user. Its sessions end, groups and roles lose it; its accounts stay without a user, signed out.',
  })
  deleteUser(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteUserInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteUser', (ctx) => deleteUser(ctx, asked));
  }
}
