import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { listInScope, type ScopeArgs } from '../scope/list-in-scope.js';
import type { ListFilter, Listing } from '../scope/listing.js';
import {
  requireFewValues,
  resourceTerms,
  type ResourceFilter,
  type ResourceTermArgs,
} from '../scope/resource-terms.js';
import { Target, targetFields } from './target.entity.js';
import { goesBySetsSql, handsOutSql, targetPlace, targetRow, targetTables } from './target.store.js';

const listing: Listing<Target> = {
  type: 'target',
  entity: Target,
  select: targetRow,
  from: targetTables,
  alias: 't',
  columns: targetPlace,
  livesIn: ['project'],
  hideable: targetFields,
};

export interface TargetFilter extends ResourceFilter {
  readonly addressIn?: readonly string[] | null;
  readonly hostSourceIdIn?: readonly string[] | null;
  readonly brokeredCredentialSourceIdIn?: readonly string[] | null;
}

export interface TargetListing extends ScopeArgs, ResourceTermArgs {
  readonly filter?: TargetFilter | null;
}

/** Targets of a scope; with `recursive`, those of the projects below it. */
export function listTargets(request: Request, args: TargetListing): Promise<Page<Target>> {
  return listInScope(request, listing, args, resourceTerms(listing, args, ownFilter(args.filter ?? {})));
}

function ownFilter({
  addressIn,
  hostSourceIdIn,
  brokeredCredentialSourceIdIn: handedOut,
}: TargetFilter): ListFilter {
  requireFewValues('addressIn', addressIn);
  requireFewValues('hostSourceIdIn', hostSourceIdIn);
  requireFewValues('brokeredCredentialSourceIdIn', handedOut);
  return {
    key: [addressIn ?? null, hostSourceIdIn ?? null, handedOut ?? null],
    sql: (params) => [
      ...(addressIn ? [`t.address = any(${params.add(addressIn, 'text[]')})`] : []),
      ...(hostSourceIdIn ? [goesBySetsSql(params.add(hostSourceIdIn, 'text[]'))] : []),
      ...(handedOut ? [handsOutSql(params.add(handedOut, 'text[]'))] : []),
    ],
    leansOn: [
      ...(addressIn ? [{ path: 'filter.addressIn', field: 'address' }] : []),
      ...(hostSourceIdIn ? [{ path: 'filter.hostSourceIdIn', field: 'host_source_ids' }] : []),
      ...(handedOut
        ? [{ path: 'filter.brokeredCredentialSourceIdIn', field: 'brokered_credential_source_ids' }]
        : []),
    ],
  };
}
