import { readInteger } from './coerce.js';
import { EvaluationFault } from './evaluation-fault.js';
import { printPath, type Path } from './filter-expression.js';
import type { Work } from './work.js';

/** A name that stands for a value elsewhere, by its path, or for a key or an index. The last of a name counts. */
export type Local =
  { readonly name: string; readonly path: Path } | { readonly name: string; readonly key: string | number };

/** What is at the end of a path; null where it would be a member of a map that does not have it. */
export type Found = { readonly value: unknown } | null;

/**
 * Follows a path into a datum. Throws `not-found` when a member on the way is missing, or the only one; and
 * `wrong-kind` when the way leads through something without members, or past the end of a list.
 */
export function findValue(datum: unknown, path: Path, locals: readonly Local[], work: Work): Found {
  let way = path;
  for (const local of locals.toReversed()) {
    if (way[0] !== local.name) continue;
    if ('path' in local) way = [...local.path, ...way.slice(1)];
    else if (way.length === 1) return { value: local.key };
    else throw new EvaluationFault('wrong-kind', `${local.name} is a key, so there is no ${printPath(way)}`);
  }
  work.spend(way.length);
  return follow(datum, way);
}

function follow(datum: unknown, path: Path): Found {
  let value = datum;
  for (const [i, part] of path.entries()) {
    if (Array.isArray(value)) {
      value = memberOfList(value, part, path);
    } else if (isMap(value)) {
      const has = Object.hasOwn(value, part) && value[part] !== undefined;
      if (!has && i > 0 && i === path.length - 1) return null;
      if (!has) throw new EvaluationFault('not-found', `there is no ${printPath(path.slice(0, i + 1))}`);
      value = value[part];
    } else {
      throw new EvaluationFault('wrong-kind', `${printPath(path.slice(0, i))} has no members`);
    }
  }
  return { value };
}

function memberOfList(list: readonly unknown[], part: string, path: Path): unknown {
  const index = part === '' ? 0n : readInteger(part);
  if (index !== null && index >= 0n && index < BigInt(list.length)) return list[Number(index)];
  throw new EvaluationFault('wrong-kind', `the list on the way to ${printPath(path)} has no ${part}`);
}

/** True for an object with members by name. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
