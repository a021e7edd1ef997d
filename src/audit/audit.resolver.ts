import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { AuditEntry, AuditEntryPage } from './audit-entry.entity.js';
import { AuditListArgs } from './audit.input.js';
import { listAuditEntries } from './list-audit-entries.js';
import { readAuditEntry } from './read-audit-entry.js';

@Resolver(() => AuditEntry)
export class AuditResolver {
  @Query(() => AuditEntry, {
    nullable: true,
    description: 'One entry of the audit; fails with NOT_FOUND when it is missing or hidden.',
  })
  auditEntry(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<AuditEntry> {
    return readAuditEntry(ctx, id);
  }

  @Query(() => AuditEntryPage, {
    description:
      'What was asked for in a scope, by whom, and what became of it, newest first: every mutation and every sign-in. Refused reads stand in the log of the server. With `recursive`, that of deleted scopes below it too.',
  })
  auditEntries(
    @Ctx() request: Request,
    @Args(() => AuditListArgs) args: AuditListArgs,
  ): Promise<Page<AuditEntry>> {
    return listAuditEntries(request, args);
  }

  @FieldResolver(() => Scope, {
    nullable: true,
    description: 'Scope it stands in; null when gone or hidden.',
  })
  scope(@Root() entry: AuditEntry, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, entry.scopeId);
  }
}
