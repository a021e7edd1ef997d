/** The three levels, from the root down. There is no deeper nesting and nothing moves between parents. */
export const scopeTypes = ['global', 'org', 'project'] as const;
export type ScopeType = (typeof scopeTypes)[number];
