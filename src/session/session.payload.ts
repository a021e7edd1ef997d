import { Field, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../api/scalars.js';
import type { AuthorizedSession } from './authorize-session.js';
import { SessionCredential, sessionCredentialOf } from './session-credential.js';
import { Session } from './session.entity.js';

@ObjectType({ description: 'Where a client may connect, and what it must find there.' })
export class SessionWorker {
  @Field(() => String, { description: 'Name of the worker.' })
  name!: string;

  @Field(() => String, { description: 'Host and port to dial, with TLS 1.3.' })
  address!: string;

  @Field(() => String, {
    description:
      'SHA-256 of the SPKI of the key the worker must show, in base64url. Anything else is not the worker.',
  })
  thumbprint!: string;
}

@ObjectType({ description: 'What the client needs to connect. Returned once.' })
export class SessionAuthorization {
  @Field(() => String, {
    nullable: true,
    description:
      'Token that binds the session to a key, once. Null when it was bound right away. Never readable again.',
  })
  token!: string | null;

  @Field(() => [SessionWorker], { description: 'Where to connect, in no order; try one after the other.' })
  workers!: readonly SessionWorker[];

  @Field(() => DateTime, { description: 'When the session ends.' })
  expiresAt!: string;

  @Field(() => Int, { description: 'How many connections the session may open; -1 for any number.' })
  connectionLimit!: number;

  @Field(() => String, { nullable: true, description: 'The line to type to connect with the token.' })
  connectCommand!: string | null;

  @Field(() => [SessionCredential], {
    nullable: true,
    description:
      'What the target hands out to show to its service; empty when that is nothing. Null where it is not told: to a repeated request and to a redemption. Never readable again.',
  })
  credentials!: readonly SessionCredential[] | null;
}

@ObjectType({ description: 'Answer of authorizeSession.' })
export class AuthorizeSessionPayload {
  @Field(() => Session, { nullable: true, description: 'The session.' })
  session!: Session | null;

  @Field(() => SessionAuthorization, { nullable: true, description: 'What the client needs to connect.' })
  authorization!: SessionAuthorization | null;
}

@ObjectType({ description: 'Answer of redeemAuthorization.' })
export class RedeemAuthorizationPayload {
  @Field(() => Session, { nullable: true, description: 'The session.' })
  session!: Session | null;

  @Field(() => SessionAuthorization, { nullable: true, description: 'What the client needs to connect.' })
  authorization!: SessionAuthorization | null;
}

@ObjectType({ description: 'Answer of cancelSession.' })
export class CancelSessionPayload {
  @Field(() => Session, {
    nullable: true,
    description: 'The session, CANCELING or TERMINATED. Canceling what was canceled is no error.',
  })
  session!: Session | null;
}

/** The answer that goes to the one client that may connect. */
export function payloadOf(authorized: AuthorizedSession): AuthorizeSessionPayload {
  const { session, token, workers, expiresAt, connectionLimit } = authorized;
  const credentials = authorized.credentials?.map(sessionCredentialOf) ?? null;
  const connectCommand = token === null ? null : `postern connect -authz-token=${token}`;
  return {
    session,
    authorization: { token, workers, expiresAt, connectionLimit, connectCommand, credentials },
  };
}
