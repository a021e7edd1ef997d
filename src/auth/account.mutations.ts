import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { AuthRequest } from './auth-request.js';
import type { Request } from '../api/request.js';
import type { Account } from './account.entity.js';
import * as inputs from './account.input.js';
import * as payloads from './auth.payload.js';
import { deleteAccount, makeAccount, prepareAccount, updateAccount } from './change-account.js';
import { prepareChangePassword, prepareSetPassword, writePassword } from './change-password.js';

const input = { description: 'Input.' };

@Resolver()
export class AccountMutations {
  @Mutation(() => payloads.CreateAccountPayload, {
    description: 'Make an account. Its first login makes its user, if its auth method is a primary one.',
  })
  async createAccount(
    @Ctx() request: Request,
    @Arg('input', () => inputs.CreateAccountInput, input) asked: inputs.CreateAccountInput,
  ): Promise<{ account: Account | null }> {
    const account = await request.writeAfter(
      'createAccount',
      (ctx) => prepareAccount(ctx, asked),
      (ctx, hash) => makeAccount(ctx, asked, hash),
    );
    return { account };
  }

  @Mutation(() => payloads.UpdateAccountPayload, {
    description:
      'Change an account, keep it out or let it in again. Tokens stay good when its login name changes. Nobody disables the account that they signed in with.',
  })
  async updateAccount(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateAccountInput, input) asked: inputs.UpdateAccountInput,
  ): Promise<{ account: Account | null }> {
    return { account: await request.write('updateAccount', (ctx) => updateAccount(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteAccountPayload, {
    description: 'Delete an account with its tokens. Sessions made with one end; its user stays.',
  })
  deleteAccount(
    @Ctx() request: Request,
    @Arg('input', () => inputs.DeleteAccountInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteAccount', (ctx) => deleteAccount(ctx, asked));
  }

  @Mutation(() => payloads.SetAccountPasswordPayload, {
    description:
      'Give an account a password without knowing the one it has, or take it away. It is signed out everywhere: its tokens go, and the sessions made with them end.',
  })
  async setAccountPassword(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetAccountPasswordInput, input) asked: inputs.SetAccountPasswordInput,
  ): Promise<{ account: Account | null }> {
    const account = await request.writeAfter(
      'setAccountPassword',
      (ctx) => prepareSetPassword(ctx, asked),
      (ctx, hash) => writePassword(ctx, 'set-password', asked, hash),
    );
    return { account };
  }

  @Mutation(() => payloads.ChangeAccountPasswordPayload, {
    description:
      'Choose another password, proving the one the account has. A wrong one is FORBIDDEN, with its reason. Its tokens go and the sessions made with them end, all but those of the token in use.',
  })
  async changeAccountPassword(
    @Ctx() request: AuthRequest,
    @Arg('input', () => inputs.ChangeAccountPasswordInput, input) asked: inputs.ChangeAccountPasswordInput,
  ): Promise<{ account: Account | null }> {
    const account = await request.writeAfter(
      'changeAccountPassword',
      (ctx) => prepareChangePassword(ctx, asked, request.logins),
      (ctx, hash) => writePassword(ctx, 'change-password', asked, hash),
    );
    return { account };
  }
}
