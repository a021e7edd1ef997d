import { CliFailure } from '../cli-failure.js';
import type { BrokeredCredential } from './brokered-credential.js';
import {
  fillIn,
  requireProgram,
  type ClientProgram,
  type LocalAddress,
  type PlannedStart,
  type Start,
} from './client-program.js';

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
  /** Whether a credential of the target gives it the password or the key. */
  readonly isLoggedIn: boolean;
}

/** How a program is given a credential. What is secret of it goes into files where a program can read one. */
export interface Taking {
  /** Stands in for a user name that was not said. */
  readonly username: string | null;
  readonly files?: PlannedStart['files'];
  start(pathOf: (file: string) => string): {
    /** In the place of the style's own, before all others. */
    readonly lead?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: Start['env'];
  };
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
  /** How it takes a credential of the target; null for one that is none for it. */
  take?(credential: BrokeredCredential, call: Call<Flag>): Taking | null;
  /** Why it cannot be called without one. */
  lack?(asked: Asked<Flag>): string | null;
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
  /** What becomes of the credentials of a target, for the help. */
  readonly credentials?: string;
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
): (session: SessionFacts, credentials: readonly BrokeredCredential[]) => ClientProgram {
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
  return (session, credentials) => ({
    name,
    plan: (local) => plan(style, { ...asked, local, session }, credentials),
  });
}

/**
 * The credential that a program logs in with is the first that it can take, in the order in which the target has
 * them; where a user is named, the first of that user is before it. Flags win over what stands in it.
 */
function plan(
  style: Style<string>,
  { flags, ...rest }: Omit<Call<string>, 'isLoggedIn'>,
  credentials: readonly BrokeredCredential[],
): PlannedStart {
  const given = rest.given.map((arg) => fillIn(arg, rest.local));
  const bare = { flags, ...rest, given, isLoggedIn: false };
  const offers = credentials.flatMap((credential) => {
    const taking = style.take?.(credential, bare) ?? null;
    return taking !== null && nameFault(taking.username ?? '') === null ? [{ credential, taking }] : [];
  });
  const named = flags['username'];
  const offer = offers.find(({ taking }) => taking.username === named) ?? offers[0];
  const lack = offer ? null : (style.lack?.(bare) ?? null);
  if (lack !== null) throw new CliFailure(lack);
  const username = offer?.taking.username;
  const call = { ...bare, flags: username ? { username, ...flags } : flags, isLoggedIn: offer !== undefined };
  const ours = style.args(call);
  return {
    credential: offer?.credential ?? null,
    files: offer?.taking.files ?? {},
    start(pathOf) {
      const { lead = style.lead ?? [], args = [], env = {} } = offer?.taking.start(pathOf) ?? {};
      const all = style.isGivenLast ? [...args, ...ours, ...given] : [...given, ...args, ...ours];
      return { args: [...lead, ...all], env };
    },
  };
}

function styleOf(known: KnownProgram, wanted: string | undefined): Style<string> {
  const styles = Object.entries(known.styles);
  const found = styles.find(([name]) => wanted === undefined || name === wanted);
  if (!found) throw new CliFailure(`-style must be ${styles.map(([name]) => name).join(' or ')}`);
  return found[1];
}
