import { actionLines, factLines, grantAction, localTime, sorted, widthOf, type Facts } from '../output.js';
import type { ResourceSpec } from './resource-spec.js';

/** What the plain resources have in common, as the API answers. */
export interface ResourceItem {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly type?: string;
  readonly authorizedActions: readonly string[];
  readonly scope?: {
    readonly id: string;
    readonly name: string | null;
    readonly type: string;
    readonly parentId: string | null;
  } | null;
  readonly [field: string]: unknown;
}

/** Facts of one item of a list. */
export function listFacts(
  { subtype, listFacts: more }: ResourceSpec,
  item: ResourceItem,
  isRecursive: boolean,
): Facts {
  const scopeId = item['scopeId'] ?? item['parentId'];
  return {
    ID: item.id,
    ...(isRecursive ? { 'Scope ID': scopeId as string | null } : {}),
    Version: item.version,
    ...(subtype === undefined ? {} : { Type: item.type?.toLowerCase() ?? null }),
    Name: item.name ?? null,
    Description: item.description ?? null,
    ...more?.(item),
  };
}

/** The identifiers of a list in one line; nothing where there are none. */
export const joined = (value: unknown): string | null =>
  Array.isArray(value) && value.length > 0 ? value.join(', ') : null;

export const textOf = (item: ResourceItem, field: string): string | number | null =>
  (item[field] as string | number | null | undefined) ?? null;

/** One resource as a block: its facts in alphabetical order, its scope, what may be done with it. */
export function itemTable(title: string, item: ResourceItem, more: Facts): string {
  const facts = sorted({
    'Created Time': localTime(item.createdAt),
    Description: item.description ?? null,
    ID: item.id,
    Name: item.name ?? null,
    Type: item.type?.toLowerCase() ?? null,
    'Updated Time': localTime(item.updatedAt),
    Version: item.version,
    ...more,
  });
  const scope = scopeFacts(item.scope);
  const width = widthOf(facts, scope);
  return [
    `${title}:`,
    ...factLines(facts, 2, width + 2),
    ...(item.scope ? ['', '  Scope:', ...factLines(scope, 4, width)] : []),
    ...(item.authorizedActions.length > 0 ? [''] : []),
    ...actionLines(item.authorizedActions.map(grantAction), 2),
  ].join('\n');
}

export function scopeFacts(scope: ResourceItem['scope']): Facts {
  return {
    ID: scope?.id,
    Name: scope?.name,
    'Parent Scope ID': scope?.parentId,
    Type: scope?.type.toLowerCase(),
  };
}
