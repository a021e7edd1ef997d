import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Request } from '../api/request.js';
import type { Actor, ReadCtx } from '../core/ctx.js';
import { readViewer } from '../user/read-user.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { AuthToken } from './auth-token.entity.js';
import { AuthenticateInputType } from './auth.input.js';
import { AuthenticatePayload } from './auth.payload.js';
import { issueToken, proveLogin, type TokenLimits } from './authenticate.js';

/** The request, with what signing in needs of the server. */
export interface AuthRequest extends Request {
  readonly tokens: TokenLimits;
  /** Reads as who the caller has just become. */
  as(actor: Actor): ReadCtx;
}

@Resolver(() => AuthToken)
export class AuthResolver {
  @Mutation(() => AuthenticatePayload, {
    description: 'Sign in. Every wrong login has one answer, UNAUTHENTICATED, whatever part was wrong.',
  })
  async authenticate(
    @Ctx() request: AuthRequest,
    @Arg('input', () => AuthenticateInputType, { description: 'Input.' }) input: AuthenticateInputType,
  ): Promise<AuthenticatePayload> {
    const { authToken, token, actor } = await request.writeAfter(
      'authenticate',
      (ctx) => proveLogin(ctx, input),
      (ctx, login) => issueToken(ctx, login, request.tokens),
    );
    return { authToken: Object.assign(authToken, { provenActor: actor }), token };
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user it acts as; null when hidden.' })
  user(@Root() token: AuthToken, @Ctx() request: AuthRequest): Promise<User | null> {
    return token.provenActor ? readViewer(request.as(token.provenActor)) : userOf(request, token.userId);
  }
}
