/** The three levels, from the root down. There is no deeper nesting and nothing moves between parents. */
export const scopeTypes = ['global', 'org', 'project'] as const;
export type ScopeType = (typeof scopeTypes)[number];

/** What is made in a scope of that level: orgs in global, projects in orgs, nothing in projects. */
export const typeBelow = { global: 'org', org: 'project' } as const satisfies Partial<
  Record<ScopeType, ScopeType>
>;
