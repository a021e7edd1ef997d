import type { Refuse } from './grant-fault.js';
import { nearest } from './nearest.js';
import { isResourceType, pluralOf, resourceTypeNames, type ResourceType } from './resource-type.js';

// A type that the ancestor knows and grants nothing on: its name is read, and refused when the grant is checked.
const ungranted = 'controller';

/** Refuses a name that is no type at all. */
export function requireTypeName(name: string, refuse: Refuse): string {
  if (name === '*' || name === ungranted || isResourceType(name)) return name;
  throw refuse('type_unknown', `unknown type ${name}${hint(name)}`);
}

/** The type a grant may be about; refuses the others that can be read. */
export function requireGrantType(name: string | null, refuse: Refuse): ResourceType | '*' | null {
  if (name === null || name === '*' || isResourceType(name)) return name;
  throw refuse('type_unknown', `unknown type ${name}${hint(name)}`);
}

function hint(name: string): string {
  const folded = name.trim().toLowerCase();
  const singular = resourceTypeNames.find((type) => pluralOf(type) === folded);
  const meant = singular ?? nearest(folded, resourceTypeNames);
  return meant === null ? '' : `; did you mean ${meant}?`;
}
