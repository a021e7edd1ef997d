import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Request } from '../api/request.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { AuthToken } from './auth-token.entity.js';
import { AuthenticateInputType } from './auth.input.js';
import { AuthenticatePayload } from './auth.payload.js';
import { issueToken, proveLogin, type TokenLimits } from './authenticate.js';

/** The request, with what signing in needs of the server. */
export interface AuthRequest extends Request {
  readonly tokens: TokenLimits;
}

@Resolver(() => AuthToken)
export class AuthResolver {
  @Mutation(() => AuthenticatePayload, {
    description: 'Sign in. Every wrong login has one answer, UNAUTHENTICATED, whatever part was wrong.',
  })
  authenticate(
    @Ctx() request: AuthRequest,
    @Arg('input', () => AuthenticateInputType, { description: 'Input.' }) input: AuthenticateInputType,
  ): Promise<AuthenticatePayload> {
    return request.writeAfter(
      'authenticate',
      (ctx) => proveLogin(ctx, input),
      (ctx, login) => issueToken(ctx, login, request.tokens),
    );
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user it acts as.' })
  user(@Root() token: AuthToken, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, token.userId);
  }
}
