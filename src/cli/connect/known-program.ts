import { CliFailure } from '../cli-failure.js';
import { fillIn, requireProgram, type ClientProgram, type LocalAddress } from './client-program.js';

/** What a session leads to; null where the caller's grants keep it back. */
export interface SessionFacts {
  readonly targetId: string | null;
  readonly hostId: string | null;
  /** `tcp://10.0.0.1:22` */
  readonly endpoint: string | null;
}

/** What was asked for, before there is a session. */
export interface Asked<Flag extends string> {
  readonly flags: Readonly<Partial<Record<Flag, string>>>;
  /** The caller's own arguments of the program. */
  readonly given: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** What the arguments of a program are made from. */
export interface Call<Flag extends string> extends Asked<Flag> {
  readonly local: LocalAddress;
  readonly session: SessionFacts;
}

export interface ProgramFlag {
  readonly short?: string;
  /** What its value is called in the help. */
  readonly value: string;
  readonly says: string;
  /** Variable that stands in for it. */
  readonly env?: string;
  /** What is wrong with a value, as the rest of a sentence that begins with the flag. */
  fault?(value: string): string | null;
}

/** One way to call it. */
export interface Style<Flag extends string> {
  /** What has to be installed, and how; the first is run. */
  readonly needs: Readonly<Record<string, string>>;
  /** Arguments that stand before all others. */
  readonly lead?: readonly string[];
  /** Set where the program takes no options behind its first word, so that the caller's arguments come last. */
  readonly isGivenLast?: boolean;
  /** Why it cannot be called so, when that is known before there is a session. */
  fault?(asked: Asked<Flag>): string | null;
  /** The arguments that take it to the target. */
  args(call: Call<Flag>): readonly string[];
}

/** A program that `postern connect NAME` knows how to call. */
export interface KnownProgram<Flag extends string = string> {
  readonly name: string;
  readonly description: string;
  readonly flags: Readonly<Record<Flag, ProgramFlag>>;
  /** By the names of `-style`; the first is taken when none is named. */
  readonly styles: Readonly<Record<string, Style<Flag>>>;
  readonly examples: readonly string[];
}

/** Refuses a name that a program could take for one of its options. */
export function nameFault(value: string): string | null {
  return value.startsWith('-') ? 'must not begin with -: it would be taken for an option' : null;
}

/** The two arguments of an option, or none when there is nothing to say. */
export function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/**
 * Checks all that can be checked before a session is asked for, and returns how the program is called once
 * there is one. Refuses flags that are wrong, a style there is not, and programs that are not installed.
 */
export function prepareProgram(
  known: KnownProgram,
  styleName: string | undefined,
  asked: Asked<string>,
): (session: SessionFacts) => ClientProgram {
  const style = styleOf(known, styleName);
  const names = Object.keys(style.needs);
  const [name = ''] = names;
  for (const [flag, { fault, env }] of Object.entries(known.flags)) {
    const value = asked.flags[flag];
    const wrong = value === undefined ? null : (fault?.(value) ?? null);
    if (wrong !== null) throw new CliFailure(`-${flag}${env ? ` (${env})` : ''} ${wrong}`);
  }
  // Options that stand behind a second -- are none: the address of the target would not be read as it.
  if (style.isGivenLast !== true && asked.given.includes('--'))
    throw new CliFailure(`${name} would not see the address of the target behind a second --; leave it out`);
  const wrong = style.fault?.(asked) ?? null;
  if (wrong !== null) throw new CliFailure(wrong);
  for (const needed of names) {
    const hint = `${style.needs[needed]}, or use \`postern connect\` with a client of your own`;
    requireProgram(needed, hint, asked.env);
  }
  return (session) => ({
    name,
    args(local) {
      const given = asked.given.map((arg) => fillIn(arg, local));
      const ours = style.args({ ...asked, local, session });
      return [...(style.lead ?? []), ...(style.isGivenLast ? [...ours, ...given] : [...given, ...ours])];
    },
  });
}

function styleOf(known: KnownProgram, wanted: string | undefined): Style<string> {
  const styles = Object.entries(known.styles);
  const found = styles.find(([name]) => wanted === undefined || name === wanted);
  if (!found) throw new CliFailure(`-style must be ${styles.map(([name]) => name).join(' or ')}`);
  return found[1];
}
