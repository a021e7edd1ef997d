/** The three levels, from the root down. There is no deeper nesting and nothing moves between parents. */
export const scopeTypes = ['global', 'org', 'project'] as const;
export type ScopeType = (typeof scopeTypes)[number];

/** The type of a scope made below that parent; null when nothing can be made there. */
export function childType(parent: ScopeType): ScopeType | null {
  return scopeTypes[scopeTypes.indexOf(parent) + 1] ?? null;
}
