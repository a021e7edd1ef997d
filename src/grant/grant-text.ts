import type { Refuse } from './grant-fault.js';
import type { RawGrant } from './grant-syntax.js';
import { addFields } from './output-fields.js';
import { requireTypeName } from './type-name.js';

type Found = { -readonly [Key in keyof RawGrant]: RawGrant[Key] };

/** Reads `ids=*;type=target;actions=read`: nothing is trimmed, a key written again counts instead of the first. */
export function readText(text: string, refuse: Refuse): RawGrant {
  const found: Found = { id: null, ids: null, type: null, actions: [], outputFields: null };
  for (const segment of text.split(';')) {
    const [key = '', value, ...more] = segment.split('=');
    if (value === undefined || more.length > 0) {
      throw refuse(
        'seg_equals',
        segment === ''
          ? 'a semicolon stands between two segments, not at an end or beside another'
          : 'a segment must be key=value',
      );
    }
    if (key === '') throw refuse('seg_no_key', 'a segment has no key');
    if (value === '' && key !== 'output_fields') throw refuse('seg_no_value', `${key} has no value`);
    readSegment(found, key, value, refuse);
  }
  return found;
}

// Other keys say nothing, so that a later release may have more of them.
function readSegment(found: Found, key: string, value: string, refuse: Refuse): void {
  switch (key) {
    case 'id':
      if (value.includes(',')) throw refuse('id_bad_char', 'id takes one; several stand in ids');
      found.id = value;
      return;
    case 'ids':
      found.ids = value.split(',');
      if (found.ids.includes('')) throw refuse('id_empty', 'an id is empty');
      return;
    case 'type':
      found.type = requireTypeName(value.toLowerCase(), refuse);
      return;
    case 'actions':
      found.actions = value.split(',').map((action) => action.toLowerCase());
      if (found.actions.includes('')) throw refuse('action_empty', 'an action is empty');
      return;
    case 'output_fields':
      found.outputFields = addFields(found.outputFields, value === '' ? [] : value.split(','));
  }
}
