import { ArgsType, Field, ID, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirectionEnum, type OrderDirection } from '../api/order-direction.js';
import { PageArgs } from '../api/page.js';
import { DateTime, EventCursor } from '../api/scalars.js';
import type { AuthorizeSessionInput } from './authorize-session.js';
import type { CancelSessionInput } from './cancel-session.js';
import type { ConnectionArgs } from './list-connections.js';
import { ScopeListArgs } from '../scope/scope.input.js';
import type { SessionListArgs, SessionOrder } from './list-sessions.js';
import type { RedeemInput } from './redeem-authorization.js';
import type { SessionFilter } from './session-filter.js';
import { SessionStatusEnum } from './session.entity.js';
import type { SessionStatus } from './session.rules.js';
import type { WatchArgs } from './watch-sessions.js';

const OrderFieldEnum = {
  CREATED_AT: 'CREATED_AT',
  EXPIRES_AT: 'EXPIRES_AT',
  UPDATED_AT: 'UPDATED_AT',
} as const;
registerEnumType(OrderFieldEnum, {
  name: 'SessionOrderField',
  description: 'Fields that sessions can be sorted by.',
  valuesConfig: {
    CREATED_AT: { description: 'Time of creation.' },
    EXPIRES_AT: { description: 'Time of expiry.' },
    UPDATED_AT: { description: 'Time of the last change.' },
  },
});

@InputType('SessionFilter', {
  description: 'Narrows a list or a stream of sessions. Fields are joined by AND.',
})
export class SessionFilterInput implements SessionFilter {
  @Field(() => [SessionStatusEnum], { nullable: true, description: 'Any of these statuses.' })
  statusIn?: SessionStatus[] | null;

  @Field(() => [ID], { nullable: true, description: 'Any of these users, at most 50.' })
  userIdIn?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Any of these targets, at most 50.' })
  targetIdIn?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Created at or after.' })
  createdAfter?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Created before.' })
  createdBefore?: string | null;
}

@InputType('SessionOrder', { description: 'Order of a list of sessions. The identifier breaks ties.' })
export class SessionOrderInput implements SessionOrder {
  @Field(() => OrderFieldEnum, { defaultValue: 'CREATED_AT', description: 'Field to sort by.' })
  field!: SessionOrder['field'];

  @Field(() => OrderDirectionEnum, { defaultValue: 'DESC', description: 'Direction.' })
  direction!: OrderDirection;
}

/** Arguments of a list of sessions behind a link, which says by itself where it stands. */
@ArgsType()
export class SessionPageArgs extends PageArgs {
  @Field(() => SessionFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: SessionFilterInput | null;

  @Field(() => SessionOrderInput, { nullable: true, description: 'Order, most recent first by default.' })
  orderBy?: SessionOrderInput | null;
}

@ArgsType()
export class ScopeSessionArgs extends SessionPageArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'Include the scopes below it.' })
  recursive!: boolean;
}

@ArgsType()
export class SessionListArgsType extends ScopeListArgs implements SessionListArgs {
  @Field(() => SessionFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: SessionFilterInput | null;

  @Field(() => SessionOrderInput, { nullable: true, description: 'Order, most recent first by default.' })
  orderBy?: SessionOrderInput | null;
}

@ArgsType()
export class ConnectionListArgs extends PageArgs implements ConnectionArgs {
  @Field(() => Boolean, { nullable: true, description: 'Only open or only closed ones.' })
  open?: boolean | null;
}

@InputType('AuthorizeSessionInput', {
  description: 'Asks for a session on a target, by its id, by an alias or by its name.',
})
export class AuthorizeSessionInputType implements AuthorizeSessionInput {
  @Field(() => String, {
    nullable: true,
    description:
      'UUID of this request. Sent again within 24 hours with the same input, it answers with the session that was made; a token is not shown again.',
  })
  idempotencyKey?: string | null;

  @Field(() => ID, { nullable: true, description: 'Target: its identifier or an alias.' })
  targetId?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the target, with scopeId or scopeName.' })
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'Project of the named target.' })
  scopeId?: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the project of the named target.' })
  scopeName?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Host, when the target has several; any of them when left out.',
  })
  hostId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Ed25519 public key of the client (SPKI DER in base64) that alone may use the session. When left out, the answer holds a token that binds it later.',
  })
  clientPublicKey?: string | null;
}

@InputType('RedeemAuthorizationInput', { description: 'Binds a detached session to a key.' })
export class RedeemAuthorizationInput implements RedeemInput {
  @Field(() => String, { description: 'The token that authorizeSession returned.' })
  token!: string;

  @Field(() => String, { description: 'Ed25519 public key of the client: its SPKI DER in base64.' })
  clientPublicKey!: string;
}

@InputType('CancelSessionInput', { description: 'Ends a session.' })
export class CancelSessionInputType implements CancelSessionInput {
  @Field(() => ID, { description: 'Session.' })
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'Version last seen. Without it the cancel is unconditional, which is what an emergency needs.',
  })
  expectedVersion?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why; kept with the session and in the audit. At most 1024 characters.',
  })
  comment?: string | null;
}

@ArgsType()
export class WatchSessionsArgs implements WatchArgs {
  @Field(() => ID, { description: 'Scope to watch.' })
  scopeId!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Include the scopes below it.' })
  recursive!: boolean;

  @Field(() => SessionFilterInput, { nullable: true, description: 'Narrow the stream.' })
  filter?: SessionFilterInput | null;

  @Field(() => EventCursor, { nullable: true, description: 'Resume after this position.' })
  after?: string | null;
}
