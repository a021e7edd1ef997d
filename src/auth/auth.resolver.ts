import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ActionEnum } from '../api/action-enum.js';
import type { Page } from '../api/page.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { readViewer } from '../user/read-user.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { Account } from './account.entity.js';
import { accountOf } from './account.resolver.js';
import { AuthToken, AuthTokenPage } from './auth-token.entity.js';
import { AuthTokenListArgs, DeleteAuthTokenInput, IssueApiTokenInput } from './auth-token.input.js';
import type { AuthRequest } from './auth-request.js';
import { AuthenticateInputType } from './auth.input.js';
import { AuthenticatePayload, DeleteAuthTokenPayload, IssueApiTokenPayload } from './auth.payload.js';
import { issueToken, proveLogin, type Authenticated } from './authenticate.js';
import {
  answerChallenge,
  finishChallenge,
  openChallenge,
  type Challenge,
} from './continue-authentication.js';
import { deleteAuthToken } from './delete-auth-token.js';
import { issueApiToken } from './issue-api-token.js';
import { listAuthTokens } from './list-auth-tokens.js';
import { locateAccounts } from './read-account.js';
import { locateAuthTokens, readAuthToken } from './read-auth-token.js';
import { ContinueAuthenticationInputType } from './totp.input.js';
import { ContinueAuthenticationPayload } from './totp.payload.js';

/** What a login gives once it is done; from now on its name is known where it came from. */
function settled(
  { logins, ctx }: AuthRequest,
  { authToken, token, actor, signIn }: Authenticated,
): { authToken: AuthToken; token: string } {
  logins.remember({ ...signIn, address: ctx.clientAddress });
  return { authToken: Object.assign(authToken, { provenActor: actor }), token };
}

@Resolver(() => AuthToken)
export class AuthResolver {
  @Mutation(() => AuthenticatePayload, {
    description:
      'Sign in: a token, or a challenge where the account has a second factor. Every wrong login has one answer, UNAUTHENTICATED, whatever part was wrong.',
  })
  async authenticate(
    @Ctx() request: AuthRequest,
    @Arg('input', () => AuthenticateInputType, { description: 'Input.' }) input: AuthenticateInputType,
  ): Promise<AuthenticatePayload> {
    const signedIn = await request.writeAfter(
      'authenticate',
      (ctx) => proveLogin(ctx, input, request.logins),
      (ctx, login): Promise<Authenticated | Challenge> =>
        login.hasTotp ? openChallenge(ctx, login) : issueToken(ctx, login, request.tokens),
    );
    return 'token' in signedIn
      ? { ...settled(request, signedIn), challenge: null }
      : { authToken: null, token: null, challenge: signedIn };
  }

  @Mutation(() => ContinueAuthenticationPayload, {
    description:
      'Answer a challenge with a code. A wrong code, a used one and a challenge that is over have one answer, UNAUTHENTICATED.',
  })
  async continueAuthentication(
    @Ctx() request: AuthRequest,
    @Arg('input', () => ContinueAuthenticationInputType, { description: 'Input.' })
    input: ContinueAuthenticationInputType,
  ): Promise<ContinueAuthenticationPayload> {
    const signedIn = await request.writeAfter(
      'continueAuthentication',
      (ctx) => answerChallenge(ctx, input, request.logins, request.totpSecrets),
      (ctx, answered) => finishChallenge(ctx, answered, request.tokens),
    );
    return settled(request, signedIn);
  }

  @Mutation(() => IssueApiTokenPayload, {
    description:
      'Issue a token for a service user, with which a program acts as it. Its secret is in this answer and nowhere else.',
  })
  issueApiToken(
    @Ctx() request: Request,
    @Arg('input', () => IssueApiTokenInput, { description: 'Input.' }) input: IssueApiTokenInput,
  ): Promise<IssueApiTokenPayload> {
    return request.write('issueApiToken', (ctx) => issueApiToken(ctx, input));
  }

  @Mutation(() => DeleteAuthTokenPayload, {
    description: 'Sign out: the token makes nobody from now on, and the sessions made with it end.',
  })
  deleteAuthToken(
    @Ctx() request: Request,
    @Arg('input', () => DeleteAuthTokenInput, { description: 'Input.' }) input: DeleteAuthTokenInput,
  ): Promise<Deleted> {
    return request.write('deleteAuthToken', (ctx) => deleteAuthToken(ctx, input));
  }

  @Query(() => AuthToken, {
    nullable: true,
    description: 'One token, without its secret; fails with NOT_FOUND when it is missing or hidden.',
  })
  authToken(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<AuthToken> {
    return readAuthToken(ctx, id);
  }

  @Query(() => AuthTokenPage, {
    description: 'Tokens of a scope that the caller may see, latest login first; those that are over, too.',
  })
  authTokens(
    @Ctx() request: Request,
    @Args(() => AuthTokenListArgs) args: AuthTokenListArgs,
  ): Promise<Page<AuthToken>> {
    return listAuthTokens(request, args);
  }

  @FieldResolver(() => User, { nullable: true, description: 'The user it acts as; null when hidden.' })
  user(@Root() token: AuthToken, @Ctx() request: AuthRequest): Promise<User | null> {
    return token.provenActor ? readViewer(request.as(token.provenActor)) : userOf(request, token.userId);
  }

  @FieldResolver(() => Account, {
    nullable: true,
    description: 'The account that signed in; null when hidden, and for an API token.',
  })
  async account(@Root() token: AuthToken, @Ctx() request: AuthRequest): Promise<Account | null> {
    const { provenActor, accountId } = token;
    if (!provenActor || accountId === null) return accountOf(request, accountId);
    const [own] = await locateAccounts(request.as(provenActor), [accountId]);
    return own ?? null;
  }

  @FieldResolver(() => [ActionEnum], {
    description: 'Actions the caller holds on this very object. Advice: every mutation checks again.',
  })
  async authorizedActions(@Root() token: AuthToken, @Ctx() request: AuthRequest): Promise<string[]> {
    const { provenActor } = token;
    if (!provenActor) return token.authorizedActions;
    const [own] = await locateAuthTokens(request.as(provenActor), [token.id]);
    return own?.authorizedActions ?? [];
  }
}
