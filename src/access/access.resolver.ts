import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Request } from '../api/request.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { AccessTrace } from './access-trace.type.js';
import { ExplainAccessArgs, WhoCanArgs } from './access.input.js';
import { AccessDenial } from './denial.type.js';
import { EffectiveAccess } from './effective-access.type.js';
import { explainAccess } from './explain-access.js';
import { readDenial } from './read-denial.js';
import { readEffectiveAccess } from './read-effective-access.js';
import { whoCan } from './who-can.js';
import { AccessHolder, WhoCan } from './who-can.type.js';

@Resolver(() => AccessTrace)
export class AccessResolver {
  @Query(() => AccessTrace, {
    description:
      "Why a user may do something, or may not: the grants that decide, and how it holds their roles; or what comes nearest. Needs `EXPLAIN_ACCESS` on the scope in which the thing stands, but for one's own access. A user or a thing that the caller may not see is NOT_FOUND.",
  })
  explainAccess(
    @Ctx() { ctx }: Request,
    @Args(() => ExplainAccessArgs) args: ExplainAccessArgs,
  ): Promise<AccessTrace> {
    return explainAccess(ctx, args);
  }

  @Query(() => WhoCan, {
    description:
      'Who may do something, and by which roles, groups and grants. Needs `EXPLAIN_ACCESS` on the scope in which the thing stands. A thing that the caller may not see is NOT_FOUND; users whom it may not see are counted and not named.',
  })
  whoCan(@Ctx() { ctx }: Request, @Args(() => WhoCanArgs) args: WhoCanArgs): Promise<WhoCan> {
    return whoCan(ctx, args);
  }

  @FieldResolver(() => User, { nullable: true, description: 'User asked about; null when hidden.' })
  user(@Root() { userId }: AccessTrace, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, userId);
  }
}

@Resolver(() => AccessHolder)
export class AccessHolderResolver {
  @FieldResolver(() => User, { nullable: true, description: 'The user; null for everybody.' })
  user(@Root() { kind, userId }: AccessHolder, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, kind === 'user' ? userId : null);
  }
}

@Resolver(() => AccessDenial)
export class DenialResolver {
  @Query(() => AccessDenial, {
    description:
      "A refusal of the last 30 days, by the `denialId` of its error: who was refused what, and why, by the grants of now. Needs `EXPLAIN_ACCESS` on the scope in which the thing stands, in global where there was no such thing. One's own are shown where one sees the thing by now. NOT_FOUND otherwise.",
  })
  denial(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'The `denialId` of an error.' }) id: string,
  ): Promise<AccessDenial> {
    return readDenial(ctx, id);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Who was refused; null when gone or hidden.' })
  user(@Root() { userId }: AccessDenial, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, userId);
  }
}

@Resolver(() => EffectiveAccess)
export class EffectiveAccessResolver {
  @Query(() => EffectiveAccess, {
    description:
      "What a user may do: actions on things in scopes, with the roles behind them, and which of the actions are ways to come by more. Needs `EXPLAIN_ACCESS` on the scope in which the user lives, but for one's own access. A user that the caller may not see is NOT_FOUND.",
  })
  effectiveAccess(
    @Ctx() { ctx }: Request,
    @Arg('userId', () => ID, { description: 'User asked about; `u_anon` for who has not signed in.' })
    userId: string,
  ): Promise<EffectiveAccess> {
    return readEffectiveAccess(ctx, userId);
  }

  @FieldResolver(() => User, { nullable: true, description: 'User asked about; null when hidden.' })
  user(@Root() { userId }: EffectiveAccess, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, userId);
  }
}
