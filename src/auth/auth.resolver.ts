import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { Request } from '../api/request.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { AuthToken } from './auth-token.entity.js';
import { issueToken, proveLogin, type AuthenticateInput, type TokenLimits } from './authenticate.js';

@InputType('AuthenticateInput', { description: 'A login by name and password.' })
class AuthenticateInputType implements AuthenticateInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Auth method; the primary one of the scope when left out.',
  })
  authMethodId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Scope whose primary auth method to use; global when left out.',
  })
  scopeId?: string | null;

  @Field(() => String, { description: 'Login name, as it was made: nothing is folded.' })
  loginName!: string;

  @Field(() => String, { description: 'Password, at most 1024 bytes.' })
  password!: string;
}

@ObjectType({ description: 'Answer of authenticate.' })
class AuthenticatePayload {
  @Field(() => AuthToken, { nullable: true, description: 'The token, without its secret.' })
  authToken!: AuthToken | null;

  @Field(() => String, {
    nullable: true,
    description: 'What to send as `Authorization: Bearer …`. Never readable again.',
  })
  token!: string | null;
}

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
