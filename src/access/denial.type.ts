import { Field, ID, ObjectType } from 'type-graphql';
import { ErrorCodeEnum } from '../api/error-code.js';
import { DateTime } from '../api/scalars.js';
import type { ErrorCode } from '../core/failure.js';
import { AccessTrace } from './access-trace.type.js';

/**
 * One refusal that somebody was told of. Kept for 30 days and no longer; what it says of grants is computed when it is
 * read, so that it can say whether access has changed since.
 */
@ObjectType({ description: 'A refusal that somebody was told of, explained by the grants of now.' })
export class AccessDenial {
  @Field(() => ID, { description: 'Identifier, as it stood in the error.' })
  id!: string;

  @Field(() => DateTime, { description: 'When it was.' })
  at!: string;

  @Field(() => ErrorCodeEnum, { description: 'What was answered: FORBIDDEN or NOT_FOUND.' })
  code!: ErrorCode;

  @Field(() => String, { description: 'Action that was refused, as grants write it.' })
  action!: string;

  @Field(() => String, { description: 'Type of what it was asked on, as the error named it.' })
  resourceType!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'What it was asked on; of a collection its container or scope. Null where there was no such thing.',
  })
  resourceId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Scope in which that stands; null where there was no such thing.',
  })
  scopeId!: string | null;

  @Field(() => String, { description: 'Request it belongs to; log lines and audit entries have the same.' })
  requestId!: string;

  @Field(() => ID, { nullable: true, description: 'Who was refused; `u_anon` for who had not signed in.' })
  userId!: string | null;

  @Field(() => String, { nullable: true, description: 'Why, where it was not for a lack of grants.' })
  reason!: string | null;

  @Field(() => String, { description: 'What is to be said of it now, in one sentence.' })
  sentence!: string;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'True where access has changed since, so that it would be allowed now; null where that cannot be told: the user or the thing is gone or was never there, or it was refused for another reason.',
  })
  isAllowedNow!: boolean | null;

  @Field(() => AccessTrace, { nullable: true, description: 'The same as of `explainAccess`; null as above.' })
  trace!: AccessTrace | null;
}
