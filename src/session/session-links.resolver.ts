import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import type { PageQuery } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Scope } from '../scope/scope.entity.js';
import { Target } from '../target/target.entity.js';
import { User } from '../user/user.entity.js';
import { listSessions, type SessionOrder, type SessionPageData } from './list-sessions.js';
import type { SessionFilter } from './session-filter.js';
import { ScopeSessionArgs, SessionPageArgs } from './session.input.js';
import { SessionPage, wantsOf } from './session.page.js';

interface Asked extends PageQuery {
  readonly filter?: SessionFilter | null;
  readonly orderBy?: SessionOrder | null;
}

@Resolver(() => Scope)
export class ScopeSessionsResolver {
  @FieldResolver(() => SessionPage, {
    nullable: true,
    description: 'Sessions of the scope, most recent first; null where you may not list them.',
  })
  sessions(
    @Root() { id: scopeId }: Scope,
    @Ctx() request: Request,
    @Args(() => ScopeSessionArgs) args: Asked & { recursive: boolean },
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionPageData | null> {
    return opened(listSessions(request, { ...args, scopeId }, wantsOf(info)));
  }
}

@Resolver(() => Target)
export class TargetSessionsResolver {
  @FieldResolver(() => SessionPage, {
    nullable: true,
    description: 'Sessions on the target, most recent first; null where you may not list them.',
  })
  sessions(
    @Root() { id, scopeId }: Target,
    @Ctx() request: Request,
    @Args(() => SessionPageArgs) args: Asked,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionPageData | null> {
    if ((scopeId as string | null) === null) return Promise.resolve(null); // hidden, and so is what stands there
    const filter = { ...args.filter, targetIdIn: only(id, args.filter?.targetIdIn) };
    return opened(listSessions(request, { ...args, scopeId, recursive: false, filter }, wantsOf(info)));
  }
}

@Resolver(() => User)
export class UserSessionsResolver {
  @FieldResolver(() => SessionPage, {
    nullable: true,
    description: 'Sessions of the user anywhere, most recent first; null where you may not list them.',
  })
  sessions(
    @Root() { id }: User,
    @Ctx() request: Request,
    @Args(() => SessionPageArgs) args: Asked,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionPageData | null> {
    const filter = { ...args.filter, userIdIn: only(id, args.filter?.userIdIn) };
    const place = { scopeId: 'global', recursive: true };
    return opened(listSessions(request, { ...args, ...place, filter }, wantsOf(info)));
  }
}

// What a link is about, unless a filter beside it leaves that out: then nothing.
function only(id: string, among: readonly string[] | null | undefined): string[] {
  return among == null || among.includes(id) ? [id] : [];
}
