import type { GrantFaultKind, Refuse } from './grant-fault.js';
import type { RawGrant } from './grant-syntax.js';
import { addFields } from './output-fields.js';
import { requireTypeName } from './type-name.js';

/** Reads `{"ids":["*"],"type":"target","actions":["read"]}`. Keys of no meaning are passed over. */
export function readJson(text: string, refuse: Refuse): RawGrant {
  const grant = decode(text, refuse);
  const given = (key: string): boolean => Object.hasOwn(grant, key);
  return {
    id: given('id') ? readId(grant['id'], refuse) : null,
    ids: given('ids') ? readIds(grant['ids'], refuse) : null,
    type: given('type') ? readType(grant['type'], refuse) : null,
    actions: given('actions') ? readActions(grant['actions'], refuse) : [],
    outputFields: given('output_fields') ? addFields(null, readFields(grant['output_fields'], refuse)) : null,
  };
}

function decode(text: string, refuse: Refuse): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    throw refuse('json_decode', position === undefined ? 'no valid JSON' : `no valid JSON at ${position}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('json_decode', 'the JSON must be an object');
  }
  return value as Record<string, unknown>;
}

function readId(value: unknown, refuse: Refuse): string {
  return readString(value, refuse, {
    what: 'an id',
    notString: 'id_not_string',
    empty: 'id_empty',
    badChar: 'id_bad_char',
  });
}

function readIds(value: unknown, refuse: Refuse): string[] {
  if (!Array.isArray(value)) throw refuse('ids_not_array', 'ids must be an array of strings');
  return value.map((id) => readId(id, refuse));
}

// Unlike in text, the case counts.
function readType(value: unknown, refuse: Refuse): string {
  if (typeof value !== 'string') throw refuse('type_not_string', 'type must be a string');
  return requireTypeName(value, refuse);
}

function readActions(value: unknown, refuse: Refuse): string[] {
  if (!Array.isArray(value)) throw refuse('actions_not_array', 'actions must be an array of strings');
  return value.map((action) =>
    readString(action, refuse, {
      what: 'an action',
      notString: 'action_not_string',
      empty: 'action_empty',
      badChar: 'action_bad_char',
    }).toLowerCase(),
  );
}

function readFields(value: unknown, refuse: Refuse): string[] {
  if (!Array.isArray(value)) {
    throw refuse('output_fields_not_array', 'output_fields must be an array of strings');
  }
  return value.map((field) =>
    readString(field, refuse, {
      what: 'an output field',
      notString: 'output_fields_not_array',
      empty: null,
      badChar: 'output_fields_bad_char',
    }),
  );
}

interface Word {
  readonly what: string;
  readonly notString: GrantFaultKind;
  /** Null where it may be empty. */
  readonly empty: GrantFaultKind | null;
  readonly badChar: GrantFaultKind;
}

// What separates words in the text form stands in none of them, so that each grant can be printed there.
function readString(value: unknown, refuse: Refuse, word: Word): string {
  if (typeof value !== 'string') throw refuse(word.notString, `${word.what} must be a string`);
  if (value === '' && word.empty !== null) throw refuse(word.empty, `${word.what} is empty`);
  if (/[,;=]/.test(value)) {
    throw refuse(word.badChar, `${word.what} holds a comma, semicolon or equals sign`);
  }
  return value.replace(/\p{Surrogate}/gu, '\uFFFD');
}
