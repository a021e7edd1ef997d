import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { DateTime } from '../api/scalars.js';
import { ScopeListArgs } from '../scope/scope.input.js';
import { AuditOutcomeEnum, type AuditOutcome } from './audit-entry.entity.js';
import type { AuditFilter } from './audit-filter.js';

@InputType('AuditFilter', { description: 'Narrows the audit. Fields are joined by AND.' })
export class AuditFilterInput implements AuditFilter {
  @Field(() => [String], {
    nullable: true,
    description: 'Any of these users, workers or other actors, at most 50.',
  })
  actorIdIn?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Any of these operations, `cancelSession` for instance, at most 50.',
  })
  operationIn?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'About any of these types, as grants name them, at most 50.',
  })
  resourceTypeIn?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'About any of these resources, at most 50.' })
  resourceIdIn?: string[] | null;

  @Field(() => [AuditOutcomeEnum], { nullable: true, description: 'With any of these outcomes.' })
  outcomeIn?: AuditOutcome[] | null;

  @Field(() => String, { nullable: true, description: 'What came in this request.' })
  requestId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The refusal that a caller was told of by this denial.' })
  denialId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'At this time or after it.' })
  after?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'Before this time.' })
  before?: string | null;
}

@ArgsType()
export class AuditListArgs extends ScopeListArgs {
  @Field(() => AuditFilterInput, { nullable: true, description: 'Narrow the list.' })
  filter?: AuditFilterInput | null;
}
