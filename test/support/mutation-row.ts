import { org, project, type World } from './world';

/** A mutation that a grant allows. */
export interface GrantedRow {
  readonly mutation: string;
  /** Type and action that it needs, `host update`. */
  readonly needs: string;
  /** An input about something fresh; `on` is the id in it that is judged. */
  readonly fresh: (world: World) => Promise<{ readonly input: object; readonly on: string }>;
  /** Scope of that, where the grants are given; the project when left out. */
  readonly scope?: string;
  /** Grants which show what else the input names; in that scope, unless another is named. */
  readonly also?: { readonly scope?: string; readonly grants: readonly string[] };
  /** What shows the judged thing without allowing anything; `no-op` on the type when left out. */
  readonly sees?: { readonly scope: string; readonly grant: string };
}

/** A mutation that is allowed by what the caller proves, not by a grant. */
export interface ProofRow {
  readonly mutation: string;
  /** Inputs: with the proof, without it, about what is hidden, about what is missing. */
  readonly proof: (
    world: World,
  ) => Promise<Readonly<Record<'right' | 'wrong' | 'hidden' | 'missing', object>>>;
  /** The code of the refusal of the wrong one, and of the two others. */
  readonly refusedAs: readonly [wrong: string, hidden: string];
}

export type MutationRow = GrantedRow | ProofRow;

type Made = string | { readonly id: string };

/** The row of a mutation on one thing, which is made for each request. */
export function row<T extends Made>(
  mutation: string,
  needs: string,
  make: (world: World) => Promise<T> | T,
  input: (made: T) => object,
  more: Pick<GrantedRow, 'scope' | 'also' | 'sees'> = {},
): GrantedRow {
  const fresh: GrantedRow['fresh'] = async (world) => {
    const made = await make(world);
    return { input: input(made), on: typeof made === 'string' ? made : made.id };
  };
  return { mutation, needs, fresh, ...more };
}

/** What shows the scope in which something is to be made. */
export const seesScope = {
  global: { scope: 'global', grant: 'ids=global;actions=no-op' },
  org: { scope: 'global', grant: `ids=${org};actions=no-op` },
  project: { scope: org, grant: `ids=${project};actions=no-op` },
};

/** What shows the things of a type, and lets nobody do anything with them. */
export const seesAll = (type: string): string => `ids=*;type=${type};actions=no-op`;

const verbs = ['add', 'set', 'remove'] as const;

/** The rows of the three changes of members; `named` says which ids one of them names. */
export function memberRows<T extends { readonly id: string; readonly version: number }>(
  { type, grantType, noun, field }: Readonly<Record<'type' | 'grantType' | 'noun' | 'field', string>>,
  make: (world: World) => Promise<T>,
  named: (made: T, verb: (typeof verbs)[number]) => readonly unknown[],
  more: Pick<GrantedRow, 'scope' | 'also'> = {},
): GrantedRow[] {
  const words = noun.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return verbs.map((verb) => {
    const { also, ...rest } = more;
    return row(
      `${verb}${type}${words}`,
      `${grantType} ${verb}-${noun}`,
      make,
      (made) => ({ id: made.id, expectedVersion: made.version, [field]: named(made, verb) }),
      // Who takes something away needs not see it.
      { ...rest, ...(also && verb !== 'remove' ? { also } : {}) },
    );
  });
}
