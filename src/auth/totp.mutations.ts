import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Account } from './account.entity.js';
import type { AuthRequest } from './auth-request.js';
import * as operations from './change-totp.js';
import * as inputs from './totp.input.js';
import * as payloads from './totp.payload.js';

const input = { description: 'Input.' };

@Resolver()
export class TotpMutations {
  @Mutation(() => payloads.EnrollTotpPayload, {
    description:
      'Begin a second factor of an account, proving its password: a secret for an authenticator. It is not in force before confirmTotp.',
  })
  enrollTotp(
    @Ctx() request: AuthRequest,
    @Arg('input', () => inputs.EnrollTotpInputType, input) asked: inputs.EnrollTotpInputType,
  ): Promise<payloads.EnrollTotpPayload> {
    return request.writeAfter(
      'enrollTotp',
      (ctx) => operations.prepareEnrollTotp(ctx, asked, request.logins),
      (ctx) => operations.enrollTotp(ctx, asked, request.totpSecrets),
    );
  }

  @Mutation(() => payloads.ConfirmTotpPayload, {
    description: 'Put a second factor in force by a code of it: from now on a login asks for one.',
  })
  confirmTotp(
    @Ctx() request: AuthRequest,
    @Arg('input', () => inputs.ConfirmTotpInputType, input) asked: inputs.ConfirmTotpInputType,
  ): Promise<payloads.ConfirmTotpPayload> {
    return request.writeAfter(
      'confirmTotp',
      (ctx) => operations.prepareCode(ctx, asked, request.totpSecrets, false),
      (ctx, code) => operations.confirmTotp(ctx, asked, code),
    );
  }

  @Mutation(() => payloads.RenewRecoveryCodesPayload, {
    description: 'Make ten other recovery codes, by a code. Those before are good no longer.',
  })
  renewRecoveryCodes(
    @Ctx() request: AuthRequest,
    @Arg('input', () => inputs.RenewRecoveryCodesInputType, input) asked: inputs.RenewRecoveryCodesInputType,
  ): Promise<payloads.RenewRecoveryCodesPayload> {
    return request.writeAfter(
      'renewRecoveryCodes',
      (ctx) => operations.prepareCode(ctx, asked, request.totpSecrets, true),
      (ctx, code) => operations.renewRecoveryCodes(ctx, asked, code),
    );
  }

  @Mutation(() => payloads.RemoveTotpPayload, {
    description:
      'Remove a second factor: by a code, or without one where you may set the password of the account. Logins that wait for a code are over; tokens stay good.',
  })
  async removeTotp(
    @Ctx() request: AuthRequest,
    @Arg('input', () => inputs.RemoveTotpInputType, input) asked: inputs.RemoveTotpInputType,
  ): Promise<{ account: Account | null }> {
    const account = await request.writeAfter(
      'removeTotp',
      (ctx) => operations.prepareRemoveTotp(ctx, asked, request.totpSecrets),
      (ctx, code) => operations.removeTotp(ctx, asked, code),
    );
    return { account };
  }
}
