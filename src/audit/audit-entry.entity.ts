import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { ErrorCodeEnum } from '../api/error-code.js';
import { Authorizable, Node } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';
import { DateTime, JSONObject } from '../api/scalars.js';
import type { ErrorCode } from '../core/failure.js';

export const AuditOutcomeEnum = { DONE: 'done', REFUSED: 'refused', FAILED: 'failed' } as const;
export type AuditOutcome = (typeof AuditOutcomeEnum)[keyof typeof AuditOutcomeEnum];

registerEnumType(AuditOutcomeEnum, {
  name: 'AuditOutcome',
  description: 'What became of what somebody asked for.',
  valuesConfig: {
    DONE: { description: 'It was done.' },
    REFUSED: { description: 'It was refused, and nothing was changed.' },
    FAILED: { description: 'A fault of the broker stopped it, and nothing was changed.' },
  },
});

export const ActorKindEnum = {
  USER: 'user',
  ANONYMOUS: 'anonymous',
  WORKER: 'worker',
  SYSTEM: 'system',
} as const;

registerEnumType(ActorKindEnum, {
  name: 'ActorKind',
  description: 'What kind of actor it was.',
  valuesConfig: {
    USER: { description: 'Somebody who had signed in.' },
    ANONYMOUS: { description: 'Somebody without a valid token.' },
    WORKER: { description: 'A worker.' },
    SYSTEM: { description: 'The broker itself, at its start for instance.' },
  },
});

/**
 * One mutation or sign-in, done or not. Written in the transaction of the change, or after a refusal in one of its
 * own; never changed, and never deleted with what it is about. Stands in the scope of that, in global where that is
 * not known. Tells of a resource whatever its reader is kept from otherwise, but no secrets: it has none.
 */
@ObjectType({
  implements: [Node, Authorizable],
  description: 'One mutation or sign-in that was asked for, and what became of it.',
})
export class AuditEntry implements Node, Authorizable {
  id!: string;

  @Field(() => DateTime, { description: 'When it was done or refused.' })
  at!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The request it came in; its log lines have the same.',
  })
  requestId!: string | null;

  @Field(() => ActorKindEnum, { nullable: true, description: 'What kind of actor it was.' })
  actorKind!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Identifier of the user or the worker; of others, what they are called.',
  })
  actorId!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the user as it was then.' })
  actorName!: string | null;

  @Field(() => String, { nullable: true, description: 'Where the request came from.' })
  clientAddress!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the mutation, or what the broker did by itself.',
  })
  operation!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Type of what it is about, as grants name it.',
  })
  resourceType!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'What it is about, which may be gone; null where there was no such thing.',
  })
  resourceId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Scope it stands in: that of the resource, or global. It may be gone.',
  })
  scopeId!: string;

  @Field(() => AuditOutcomeEnum, { description: 'What became of it.' })
  outcome!: AuditOutcome;

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Why it was not done.' })
  errorCode!: ErrorCode | null;

  @Field(() => ID, { nullable: true, description: 'The denial that the caller was told of.' })
  denialId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the caller gave as a reason, or what it was told.',
  })
  comment!: string | null;

  @Field(() => JSONObject, {
    nullable: true,
    description: 'The resource before it, without secrets; null where it was not changed, or made by this.',
  })
  before!: Readonly<Record<string, unknown>> | null;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'The resource after it, or what was asked for, without secrets; null where it was deleted by this.',
  })
  after!: Readonly<Record<string, unknown>> | null;

  authorizedActions!: string[];

  /** Parent that its scope had, kept because the scope may be gone. */
  scopeParentId!: string | null;
}

export const AuditEntryPage = pageTypes('AuditEntry', 'audit entries', () => AuditEntry);

/** What output fields may hide, by the names grants use. */
export const auditEntryFields: Hideable = {
  requestId: 'request_id',
  actorKind: 'actor_kind',
  actorId: 'actor_id',
  actorName: 'actor_name',
  clientAddress: 'client_address',
  operation: 'operation',
  resourceType: 'resource_type',
  resourceId: 'resource_id',
  scopeId: 'scope_id',
  errorCode: 'error_code',
  denialId: 'denial_id',
  comment: 'comment',
  before: 'before',
  after: 'after',
};
