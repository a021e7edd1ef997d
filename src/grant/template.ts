import type { Refuse } from './grant-fault.js';

/** Who the templates of a grant stand for; null or empty where nobody is known. */
export interface TemplateValues {
  readonly userId: string | null;
  readonly accountId: string | null;
}

export const nobodyKnown: TemplateValues = { userId: null, accountId: null };

const templates: Readonly<Record<string, keyof TemplateValues>> = {
  'user.id': 'userId',
  '.User.Id': 'userId',
  'account.id': 'accountId',
  '.Account.Id': 'accountId',
};

// For asking what a grant could allow before anybody is known.
const standIns: Readonly<Record<keyof TemplateValues, string>> = {
  userId: 'u_dummy',
  accountId: 'acctoidc_dummy',
};

/** True for an id that stands for the caller's own; only a whole id does. */
export function isTemplate(id: string): boolean {
  return id.startsWith('{{');
}

/** The id that is meant by one that may be a template: itself where nobody is known for it. */
export function fillTemplate(id: string, values: TemplateValues): string {
  const whose = isTemplate(id) ? whoseTemplate(id) : undefined;
  return (whose && values[whose]) || id;
}

/** An id to check in the place of a template; refuses one that nobody knows. */
export function checkableId(id: string, values: TemplateValues, refuse: Refuse): string {
  if (!isTemplate(id)) return id;
  const whose = whoseTemplate(id);
  if (whose === undefined) {
    const known = Object.keys(templates).map((name) => `{{${name}}}`);
    throw refuse('template_unknown', `unknown template ${id}; there are ${known.join(', ')}`);
  }
  return values[whose] || standIns[whose];
}

// The closing braces may be missing.
function whoseTemplate(id: string): keyof TemplateValues | undefined {
  const name = id
    .slice(2)
    .replace(/\}\}$/, '')
    .replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
  return Object.hasOwn(templates, name) ? templates[name] : undefined;
}
