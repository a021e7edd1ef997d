import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Info,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { GraphQLResolveInfo } from 'graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { isFailure } from '../core/failure.js';
import type { Log } from '../core/log.js';
import { endpointUrl } from '../host/address.rules.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import type { SecretKeeper } from '../seal/secret-keeper.js';
import { Target } from '../target/target.entity.js';
import { targetOf } from '../target/target.resolver.js';
import { User } from '../user/user.entity.js';
import { userOf } from '../user/user.resolver.js';
import { Worker } from '../worker/worker.entity.js';
import { workerOf } from '../worker/worker.resolver.js';
import { authorizeSession, type AuthorizeSettings } from './authorize-session.js';
import { cancelSession } from './cancel-session.js';
import { ConnectionRecord, ConnectionRecordPage } from './connection.entity.js';
import { listConnections } from './list-connections.js';
import { listSessions, type SessionPageData } from './list-sessions.js';
import { locateSessions, readSession } from './read-session.js';
import { redeemAuthorization, reportReplay } from './redeem-authorization.js';
import { SessionStreamItem } from './session-event.js';
import {
  AuthorizeSessionInputType,
  CancelSessionInputType,
  ConnectionListArgs,
  RedeemAuthorizationInput,
  SessionListArgsType,
  WatchSessionsArgs,
} from './session.input.js';
import { SessionPage, wantsOf } from './session.page.js';
import {
  AuthorizeSessionPayload,
  CancelSessionPayload,
  payloadOf,
  RedeemAuthorizationPayload,
} from './session.payload.js';
import { Session } from './session.entity.js';
import { watchSession } from './watch-session.js';
import { watchSessions, type WatchParts } from './watch-sessions.js';

/** The request, with what sessions need of the server. */
export interface SessionRequest extends Request {
  readonly sessions: { readonly authorize: AuthorizeSettings; readonly watch: WatchParts; readonly log: Log };
  readonly secrets: SecretKeeper;
}

@Resolver(() => Session)
export class SessionResolver {
  @Query(() => Session, {
    nullable: true,
    description: 'One session; fails with NOT_FOUND when it is missing or hidden.',
  })
  session(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Session> {
    return readSession(ctx, id);
  }

  @Query(() => SessionPage, {
    description: 'Sessions of a scope that the caller may see, most recent first.',
  })
  sessions(
    @Ctx() request: Request,
    @Args(() => SessionListArgsType) args: SessionListArgsType,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionPageData> {
    return listSessions(request, args, wantsOf(info));
  }

  @Mutation(() => AuthorizeSessionPayload, { description: 'Ask for a session on a target.' })
  async authorizeSession(
    @Ctx() request: SessionRequest,
    @Arg('input', () => AuthorizeSessionInputType, { description: 'Input.' })
    input: AuthorizeSessionInputType,
  ): Promise<AuthorizeSessionPayload> {
    const { authorize, log } = request.sessions;
    const opener = { secrets: request.secrets, log };
    return payloadOf(
      await request.write('authorizeSession', (ctx) => authorizeSession(ctx, input, authorize, opener)),
    );
  }

  @Mutation(() => RedeemAuthorizationPayload, {
    description:
      'Bind a detached session to a key. The token is the proof: it works once, no sign-in is needed.',
  })
  async redeemAuthorization(
    @Ctx() request: SessionRequest,
    @Arg('input', () => RedeemAuthorizationInput, { description: 'Input.' }) input: RedeemAuthorizationInput,
  ): Promise<RedeemAuthorizationPayload> {
    const { authorize } = request.sessions;
    try {
      return payloadOf(
        await request.write('redeemAuthorization', (ctx) => redeemAuthorization(ctx, input, authorize)),
      );
    } catch (error) {
      // Told in a transaction of its own, because the refusal undoes the one it happened in.
      if (isFailure(error, 'AUTHORIZATION_REPLAYED')) {
        await request.write('reportReplay', (ctx) => reportReplay(ctx, input.token));
      }
      throw error;
    }
  }

  @Mutation(() => CancelSessionPayload, {
    description: 'End a session: its connections are cut within a second.',
  })
  async cancelSession(
    @Ctx() request: Request,
    @Arg('input', () => CancelSessionInputType, { description: 'Input.' }) input: CancelSessionInputType,
  ): Promise<CancelSessionPayload> {
    return { session: await request.write('cancelSession', (ctx) => cancelSession(ctx, input)) };
  }

  @Subscription(() => SessionStreamItem, {
    description:
      'Sessions of a scope. Without `after`: a snapshot of those that live, a checkpoint, then every change. With `after`: the changes since then, or a reset and a fresh snapshot when that is no longer possible. Apply items in the order they come.',
    subscribe: ({ args, context }: { args: WatchSessionsArgs; context: SessionRequest }) =>
      watchSessions(context, context.sessions.watch, args),
  })
  sessionEvents(
    @Root() item: SessionStreamItem,
    @Args(() => WatchSessionsArgs) _args: WatchSessionsArgs,
  ): SessionStreamItem {
    return item;
  }

  @Subscription(() => Session, {
    name: 'session',
    description:
      'One session: its present state at once, then every change until it is terminated, when the stream completes.',
    subscribe: ({ args, context }: { args: { id: string }; context: SessionRequest }) =>
      watchSession(context, context.sessions.watch, args.id),
  })
  watchSession(
    @Root() session: Session,
    @Arg('id', () => ID, { description: 'Identifier.' }) _id: string,
  ): Session {
    return session;
  }

  @FieldResolver(() => Scope, {
    nullable: true,
    description: 'Project of the target; null when it is gone or hidden.',
  })
  scope(@Root() session: Session, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, session.projectId);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: 'User who asked for it; null when gone or hidden.',
  })
  user(@Root() session: Session, @Ctx() request: Request): Promise<User | null> {
    return userOf(request, session.userId);
  }

  @FieldResolver(() => Target, {
    nullable: true,
    description: 'Target it goes to; null when gone or hidden.',
  })
  target(@Root() session: Session, @Ctx() request: Request): Promise<Target | null> {
    return targetOf(request, session.targetId);
  }

  @FieldResolver(() => String, { nullable: true, description: 'What the worker dials, `tcp://10.0.0.1:22`.' })
  endpoint(@Root() session: Session): string | null {
    const host = session.endpointHost as string | null;
    return host === null ? null : endpointUrl(session.type, host, session.endpointPort);
  }

  @FieldResolver(() => ConnectionRecordPage, {
    description: 'Connections that were opened in it, newest first; empty when they are hidden.',
  })
  connections(
    @Root() session: Session,
    @Ctx() request: Request,
    @Args(() => ConnectionListArgs) args: ConnectionListArgs,
  ): Promise<Page<ConnectionRecord>> {
    return listConnections(request, session, args);
  }
}

@Resolver(() => ConnectionRecord)
export class ConnectionRecordResolver {
  @FieldResolver(() => Session, { nullable: true, description: 'Session it belongs to; null when hidden.' })
  session(@Root() connection: ConnectionRecord, @Ctx() request: Request): Promise<Session | null> {
    return request.loader('session', locateSessions).load(connection.sessionId);
  }

  @FieldResolver(() => Worker, {
    nullable: true,
    description: 'Worker that proxies it; null when it is gone or hidden.',
  })
  worker(@Root() connection: ConnectionRecord, @Ctx() request: Request): Promise<Worker | null> {
    return workerOf(request, connection.workerId);
  }
}
