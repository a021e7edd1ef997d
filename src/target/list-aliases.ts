import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { invalidInput } from '../core/failure.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { ListFilter, Listing } from '../scope/listing.js';
import {
  requireFewValues,
  resourceTerms,
  type ResourceFilter,
  type ResourceTermArgs,
} from '../scope/resource-terms.js';
import { Alias, aliasFields } from './alias.entity.js';
import { longestValue } from './alias.rules.js';
import { aliasColumns, aliasTables } from './alias.store.js';

const listing: Listing<Alias> = {
  type: 'alias',
  entity: Alias,
  select: aliasColumns,
  from: aliasTables,
  alias: 'a',
  columns: { id: 'a.id', scopeId: 'a.scope_id', scopeParentId: 's.parent_id' },
  livesIn: ['global'],
  hideable: aliasFields,
};

export interface AliasFilter extends ResourceFilter {
  readonly valueContains?: string | null;
  readonly destinationIdIn?: readonly string[] | null;
}

export interface AliasListing extends ScopeArgs, ResourceTermArgs {
  readonly filter?: AliasFilter | null;
}

/** Aliases of a scope; they live in global. */
export function listAliases(request: Request, args: AliasListing): Promise<Page<Alias>> {
  return listInScope(request, listing, args, resourceTerms(listing, args, ownFilter(args.filter ?? {})));
}

function ownFilter({ valueContains, destinationIdIn }: AliasFilter): ListFilter {
  requireFewValues('destinationIdIn', destinationIdIn);
  if ((valueContains?.length ?? 0) > longestValue)
    throw invalidInput('filter.valueContains', `is longer than ${longestValue} characters`);
  return {
    key: [valueContains ?? null, destinationIdIn ?? null],
    sql: (params) => [
      ...(valueContains ? [`strpos(lower(a.value), lower(${params.add(valueContains, 'text')})) > 0`] : []),
      ...(destinationIdIn ? [`a.destination_id = any(${params.add(destinationIdIn, 'text[]')})`] : []),
    ],
    leansOn: [
      ...(valueContains ? [{ path: 'filter.valueContains', field: 'value' }] : []),
      ...(destinationIdIn ? [{ path: 'filter.destinationIdIn', field: 'destination_id' }] : []),
    ],
  };
}
