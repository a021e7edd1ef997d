import type { Facts } from '../output.js';
import type { ResourceItem, Section } from './resource-table.js';

/** A field that a command line can give. */
export interface FieldFlag {
  /** Without dashes; the field is its name in camelCase unless `field` says otherwise. */
  readonly flag: string;
  readonly field?: string;
  /**
   * How its text is read. A `switch` is there or not, a `boolean` says true or false. A `list` may be given several
   * times; a `secret` is named, or asked for.
   */
  readonly kind?: 'text' | 'number' | 'switch' | 'boolean' | 'choice' | 'list' | 'secret';
  /** What stands behind the flag in `--help`. */
  readonly value?: string;
  readonly help: string;
  readonly isRequired?: boolean;
  /** What a `choice` may be, as the ancestor writes it; the API has it in upper case. */
  readonly choices?: readonly string[];
  /** What the texts of a `list` become in the input, where it is no list of texts. */
  readonly shape?: (given: readonly string[]) => unknown;
  /** A secret that is chosen now: at a terminal it is asked for twice. */
  readonly isNew?: boolean;
  /** A secret that the word `null` takes away. */
  readonly isNullable?: boolean;
  /** A secret of several lines: it is not asked for, and `-` takes all of standard input. */
  readonly isWhole?: boolean;
  /** What the text of a secret becomes in the input. */
  readonly parse?: (text: string) => unknown;
}

/** Members of a resource, changed by `add-…`, `set-…` and `remove-…`. */
export interface MembersSpec {
  /** As the commands are called: `hosts` makes `add-hosts`. */
  readonly noun: string;
  /** The flag that names one, given several times: `host`. */
  readonly flag: string;
  /** The field of the input: `hostIds`. */
  readonly field: string;
  readonly value: string;
  readonly help: string;
  readonly example: string;
  readonly shape?: FieldFlag['shape'];
  /** What the mutations call them, where the commands call them otherwise: `tags`. */
  readonly inMutation?: string;
}

/** A mutation on one resource that is neither of the usual ones, `set-password`. */
export interface VerbSpec {
  readonly verb: string;
  /** Name of the mutation: `setAccountPassword`. */
  readonly mutation: string;
  readonly help: string;
  readonly flags: readonly FieldFlag[];
  readonly example: string;
}

/** One of several types of a resource, each made by a mutation of its own: `credentials create json`. */
export interface SubtypeSpec {
  /** As the command is called: `username-password`. */
  readonly word: string;
  /** Name of the mutation that makes one: `createUsernamePasswordCredential`. */
  readonly mutation: string;
  /** Its fields, of which `create` needs those that say so and `update` none. */
  readonly fields: readonly FieldFlag[];
  readonly exampleId: string;
  /** Flags of an example of `create`, and of `update`. */
  readonly examples: { readonly create: string; readonly update: string };
}

/** How the commands of one resource are called, what they ask for, and what they show. */
export interface ResourceSpec {
  /** `host-sets` */
  readonly noun: string;
  /** Name of the type in the API: `HostSet`. Queries and mutations are named after it. */
  readonly type: string;
  /** The subtype that `create` and `update` may name as the ancestor has it: `static`. */
  readonly subtype?: string;
  readonly empty: string;
  /** How a list is placed: in a scope, or in the container that a flag names. */
  readonly place: 'scope' | { readonly flag: string; readonly field: string; readonly help: string };
  /** What one item answers with beside what all have. */
  readonly selection: string;
  /** What an item of a list answers with; the same as one item when left out. */
  readonly listSelection?: string;
  /** Facts of one item beside those that all have. */
  readonly facts?: (item: ResourceItem) => Facts;
  /** What of one item takes lines of its own. */
  readonly sections?: (item: ResourceItem) => readonly Section[];
  /** Facts of an item of a list beside those that all have; few. */
  readonly listFacts?: (item: ResourceItem) => Facts;
  readonly hasNames?: boolean;
  /** True where none is made without a name. */
  readonly needsName?: boolean;
  readonly hasVersions?: boolean;
  /** Fields that `create` takes beside name, description and place; no `create` when left out. */
  readonly create?: readonly FieldFlag[];
  /** Fields that `update` takes beside name and description; no `update` when left out. */
  readonly update?: readonly FieldFlag[];
  /** Its types, where there are several; `create` and `update` are then theirs. */
  readonly subtypes?: readonly SubtypeSpec[];
  readonly isDeletable?: boolean;
  readonly members?: readonly MembersSpec[];
  readonly verbs?: readonly VerbSpec[];
  /** The id meant by what stands behind `-id`, given the token in use; the very same when left out. */
  readonly idOf?: (id: string, token: string | null) => string;
  readonly idHelp?: string;
  /** An id of the type, for examples. */
  readonly exampleId: string;
  /** Flags of an example of `list`, and of `create`. */
  readonly examples: { readonly list: string; readonly create?: string };
}

/** `HostSet` is `hostSet` in a query and a payload. */
export function fieldOf(spec: Pick<ResourceSpec, 'type'>): string {
  return `${spec.type.charAt(0).toLowerCase()}${spec.type.slice(1)}`;
}

/** `host-sets` is the query `hostSets`. */
export function pageOf({ noun }: Pick<ResourceSpec, 'noun'>): string {
  return camel(noun);
}

export function camel(words: string): string {
  return words.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `host-sets` in a sentence. */
export function nounsOf({ noun }: Pick<ResourceSpec, 'noun'>): string {
  return noun.replaceAll('-', ' ');
}

/** One of them in a sentence: `host set`. */
export function nounOf({ type }: Pick<ResourceSpec, 'type'>): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/** One of them in a sentence, with its article: `a host set`. */
export function oneOf(spec: Pick<ResourceSpec, 'type'>): string {
  const words = nounOf(spec);
  return `${/^[aeio]/.test(words) ? 'an' : 'a'} ${words}`;
}

/** `Host Set information`. */
export function titleOf({ type }: Pick<ResourceSpec, 'type'>): string {
  return `${type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')} information`;
}
