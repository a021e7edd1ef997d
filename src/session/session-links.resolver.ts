import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { opened } from '../api/link.js';
import type { PageQuery } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Scope } from '../scope/scope.entity.js';
import { Target } from '../target/target.entity.js';
import { User } from '../user/user.entity.js';
import { listSessions, type SessionOrder, type SessionPageData } from './list-sessions.js';
import type { SessionFilter } from './session-filter.js';
import { ScopeSessionArgs, SessionPageArgs } from './session.input.js';
import { SessionPage } from './session.page.js';

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
    @Args(() => ScopeSessionArgs) { recursive, filter, orderBy, ...page }: Asked & { recursive: boolean },
  ): Promise<SessionPageData | null> {
    return opened(listSessions(request, { ...page, scopeId, recursive }, filter, orderBy));
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
    @Args(() => SessionPageArgs) { filter, orderBy, ...page }: Asked,
  ): Promise<SessionPageData | null> {
    const place = { ...page, scopeId, recursive: false };
    if ((scopeId as string | null) === null) return Promise.resolve(null); // hidden, and so is what stands there
    return opened(
      listSessions(request, place, { ...filter, targetIdIn: only(id, filter?.targetIdIn) }, orderBy),
    );
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
    @Args(() => SessionPageArgs) { filter, orderBy, ...page }: Asked,
  ): Promise<SessionPageData | null> {
    const place = { ...page, scopeId: 'global', recursive: true };
    return opened(listSessions(request, place, { ...filter, userIdIn: only(id, filter?.userIdIn) }, orderBy));
  }
}

// What a link is about, unless a filter beside it leaves that out: then nothing.
function only(id: string, among: readonly string[] | null | undefined): string[] {
  return among == null || among.includes(id) ? [id] : [];
}
