import {
  actionLines,
  factLines,
  grantAction,
  localTime,
  sorted,
  visible,
  widthOf,
  type Facts,
} from '../output.js';
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
  readonly authorizedCollectionActions?: readonly {
    readonly collection: string;
    readonly actions: readonly string[];
  }[];
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

export const yesOrNo = (value: unknown): string | null => (typeof value === 'boolean' ? String(value) : null);

/** Lines below a title of their own, for what does not fit in one. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Rows of cells as lines, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function sectionLines({ title, lines }: Section): string[] {
  const shown = lines.length === 0 ? ['none'] : lines.map(visible);
  return ['', `  ${title}:`, ...shown.map((line) => `    ${line}`)];
}

/** One resource as a block: its facts in alphabetical order, its scope, its sections, what may be done with it. */
export function itemTable(
  title: string,
  item: ResourceItem,
  more: Facts,
  sections: readonly Section[] = [],
): string {
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
    ...sections.flatMap(sectionLines),
    ...(item.authorizedActions.length > 0 ? [''] : []),
    ...actionLines(item.authorizedActions.map(grantAction), 2),
    ...collectionLines(title, item),
  ].join('\n');
}

// Below the title that the ancestor has for them: `Authorized Actions on Scope's Collections`.
function collectionLines(title: string, { authorizedCollectionActions = [] }: ResourceItem): string[] {
  if (authorizedCollectionActions.length === 0) return [];
  return [
    '',
    `  Authorized Actions on ${title.replace(/ information$/, '')}'s Collections:`,
    ...authorizedCollectionActions.flatMap(({ collection, actions }) => [
      `    ${collection}:`,
      ...actions.map((action) => `      ${grantAction(action)}`),
    ]),
  ];
}

export function scopeFacts(scope: ResourceItem['scope']): Facts {
  return {
    ID: scope?.id,
    Name: scope?.name,
    'Parent Scope ID': scope?.parentId,
    Type: scope?.type.toLowerCase(),
  };
}
