import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { MembersChange } from '../api/change.input.js';
import type { Request } from '../api/request.js';
import type { User } from '../user/user.entity.js';
import { changeUserAccounts } from './change-user-accounts.js';
import * as inputs from './user-accounts.input.js';
import * as payloads from './user-accounts.payload.js';

type AccountsChange = MembersChange & { readonly accountIds: string[] };

const input = { description: 'Input.' };

@Resolver()
export class UserAccountsMutations {
  @Mutation(() => payloads.AddUserAccountsPayload, {
    description: 'Let accounts of its scope sign in as a user; at most one of each auth method.',
  })
  async addUserAccounts(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddUserAccountsInput, input) asked: AccountsChange,
  ): Promise<{ user: User | null }> {
    return { user: await request.write('addUserAccounts', (ctx) => changeUserAccounts(ctx, 'add', asked)) };
  }

  @Mutation(() => payloads.SetUserAccountsPayload, {
    description: 'Say which accounts sign in as a user; none for nobody. Those that lose it are signed out.',
  })
  async setUserAccounts(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetUserAccountsInput, input) asked: AccountsChange,
  ): Promise<{ user: User | null }> {
    return { user: await request.write('setUserAccounts', (ctx) => changeUserAccounts(ctx, 'set', asked)) };
  }

  @Mutation(() => payloads.RemoveUserAccountsPayload, {
    description:
      'Take accounts away from a user. They stay, signed out: their tokens go, their sessions end.',
  })
  async removeUserAccounts(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveUserAccountsInput, input) asked: AccountsChange,
  ): Promise<{ user: User | null }> {
    const user = await request.write('removeUserAccounts', (ctx) => changeUserAccounts(ctx, 'remove', asked));
    return { user };
  }
}
