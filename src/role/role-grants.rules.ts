import { holdsUnprintable } from '../core/text.rules.js';
import { deprecatedActions } from '../grant/action.js';
import { GrantFault, isGrantFault, type GrantFaultKind } from '../grant/grant-fault.js';
import { parseGrant, printGrant } from '../grant/grant.js';

/** Why grants are not given to a role or taken from it, beside what may be wrong with a grant string. */
export type RoleGrantsFaultKind =
  | GrantFaultKind
  | 'grants_empty'
  | 'grant_exists'
  | 'id_deprecated'
  | 'action_deprecated'
  | 'output_fields_empty'
  | 'grant_unprintable';

export type RoleGrantsFault = GrantFault<RoleGrantsFaultKind>;

/** A grant of a role: its one text, by which it is known, and how it was written. */
export interface HeldGrant {
  readonly canonical: string;
  readonly raw: string;
}

/** What becomes of the grants of a role. */
export interface GrantsChange {
  /** All that it holds then: what stays in its order, then what is new in the order written. */
  readonly grants: readonly HeldGrant[];
  readonly added: readonly HeldGrant[];
  readonly removed: readonly HeldGrant[];
  /** Whether the role gets a new version. */
  readonly isNewVersion: boolean;
}

/**
 * Reads a grant string that a role is to hold from now on. Refused, beside what can grant nothing: the old key
 * `id`, actions that were renamed, output fields that are given and empty, and characters that cannot be seen.
 */
export function readNewGrant(raw: string): HeldGrant | RoleGrantsFault {
  const read = readHeld(raw);
  if (isGrantFault(read)) return read;
  const { grant, canonical } = read;
  const refuse = (kind: RoleGrantsFaultKind, message: string): RoleGrantsFault =>
    invalid(kind, [{ path: 'grant', message: `${message} in ${JSON.stringify(raw)}` }]);
  if (grant.isOldId) return refuse('id_deprecated', `id is the old key; write ids=${grant.ids.join(',')}`);
  if (holdsUnprintable(raw) || holdsUnprintable(canonical))
    return refuse(
      'grant_unprintable',
      'there are characters that cannot be seen, such as control characters,',
    );
  for (const action of grant.actions) {
    const instead = deprecatedActions[action];
    if (instead)
      return refuse('action_deprecated', `the action ${action} is called ${instead} now; write that`);
  }
  if (grant.outputFields?.every((field) => field === '') === true) {
    return refuse('output_fields_empty', 'output_fields names nothing; leave it out to show every field');
  }
  return { canonical, raw };
}

/**
 * Gives grants to a role. All of them or none: one that is refused refuses the call, and so does one that the role
 * holds already. What is written twice in the call counts once. Faults carry the path of each string, `grants.2`.
 */
export function addGrants(
  held: readonly HeldGrant[],
  raws: readonly string[],
  path = 'grants',
): GrantsChange | RoleGrantsFault {
  if (raws.length === 0) return invalid('grants_empty', [{ path, message: 'name at least one grant' }]);
  const read = readAll(raws, path, readNewGrant);
  if (isGrantFault(read)) return read;
  const known = new Set(held.map(({ canonical }) => canonical));
  const added = unique(read);
  const twice = added.find(({ canonical }) => known.has(canonical));
  if (twice !== undefined) {
    return new GrantFault('grant_exists', {
      code: 'CONFLICT',
      rule: `the role has the grant ${JSON.stringify(twice.canonical)} already; leave it out`,
    });
  }
  return { grants: [...held, ...added], added, removed: [], isNewVersion: true };
}

/**
 * Gives a role these grants and no others; none at all clears it. Grants that stay keep how they were first
 * written, and a role that holds just these keeps its version.
 */
export function setGrants(
  held: readonly HeldGrant[],
  raws: readonly string[],
  path = 'grants',
): GrantsChange | RoleGrantsFault {
  const read = readAll(raws, path, readNewGrant);
  if (isGrantFault(read)) return read;
  const wanted = new Set(read.map(({ canonical }) => canonical));
  const known = new Set(held.map(({ canonical }) => canonical));
  const kept = held.filter(({ canonical }) => wanted.has(canonical));
  const removed = held.filter(({ canonical }) => !wanted.has(canonical));
  const added = unique(read).filter(({ canonical }) => !known.has(canonical));
  return { grants: [...kept, ...added], added, removed, isNewVersion: added.length + removed.length > 0 };
}

/**
 * Takes grants from a role. What it does not hold is passed over, and the role gets a new version all the same.
 * Old keys and names are read here, so that what was once given can go; so is a text just as the role holds it.
 */
export function removeGrants(
  held: readonly HeldGrant[],
  raws: readonly string[],
  path = 'grants',
): GrantsChange | RoleGrantsFault {
  if (raws.length === 0) return invalid('grants_empty', [{ path, message: 'name at least one grant' }]);
  const known = new Set(held.map(({ canonical }) => canonical));
  const read = readAll(raws, path, (raw) => (known.has(raw) ? { canonical: raw } : readHeld(raw)));
  if (isGrantFault(read)) return read;
  const unwanted = new Set(read.map(({ canonical }) => canonical));
  return {
    grants: held.filter(({ canonical }) => !unwanted.has(canonical)),
    added: [],
    removed: held.filter(({ canonical }) => unwanted.has(canonical)),
    isNewVersion: true,
  };
}

function readHeld(raw: string) {
  try {
    const grant = parseGrant(raw);
    return { grant, canonical: printGrant(grant) };
  } catch (error) {
    if (error instanceof GrantFault) return error as GrantFault;
    throw error;
  }
}

// Tells of every string that is refused at once, with the kind of the first.
function readAll<Read>(
  raws: readonly string[],
  path: string,
  read: (raw: string) => Read | RoleGrantsFault,
): Read[] | RoleGrantsFault {
  const found: Read[] = [];
  const faults: RoleGrantsFault[] = [];
  for (const [index, raw] of raws.entries()) {
    const one = read(raw);
    if (isGrantFault(one)) faults.push(one.at(`${path}.${index}`));
    else found.push(one);
  }
  const [first] = faults;
  if (first === undefined) return found;
  return invalid(
    first.kind,
    faults.flatMap(({ problem }) => (problem.code === 'INVALID_INPUT' ? problem.issues : [])),
  );
}

function invalid(
  kind: RoleGrantsFaultKind,
  issues: readonly { path: string; message: string }[],
): RoleGrantsFault {
  return new GrantFault(kind, { code: 'INVALID_INPUT', issues });
}

function unique(grants: readonly HeldGrant[]): HeldGrant[] {
  const byText = new Map<string, HeldGrant>();
  for (const one of grants) if (!byText.has(one.canonical)) byText.set(one.canonical, one);
  return [...byText.values()];
}
