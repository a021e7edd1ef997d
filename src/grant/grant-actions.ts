import { actions as knownActions, isAction, type Action } from './action.js';
import type { Refuse } from './grant-fault.js';
import { nearest } from './nearest.js';
import type { OutputFields } from './output-fields.js';

/** Checks the actions of a grant; there are none only where it names output fields. Gives them sorted, each once. */
export function readActions(
  names: readonly string[],
  fields: OutputFields,
  refuse: Refuse,
): readonly (Action | '*')[] {
  if (names.length === 0 && fields === null)
    throw refuse('actions_missing', 'no actions; write actions= and what is allowed');
  const actions = new Set<Action | '*'>();
  for (const name of names) {
    if (name === '') throw refuse('action_empty', 'an action is empty');
    if (name !== '*' && !isAction(name))
      throw refuse('action_unknown', `unknown action ${name}${hint(name)}`);
    actions.add(name);
  }
  if (actions.size > 1 && actions.has('*')) {
    throw refuse('action_star_mixed', '* stands beside other actions');
  }
  return [...actions].sort();
}

function hint(name: string): string {
  const meant = nearest(name.trim(), knownActions);
  return meant === null ? '' : `; did you mean ${meant}?`;
}
