/** Every action a grant string may name, beside `*`. From this list the GraphQL enum is made. */
export const actions = [
  'no-op',
  'create',
  'create:controller-led',
  'create:worker-led',
  'list',
  'read',
  'read:self',
  'update',
  'delete',
  'delete:self',
  'authenticate',
  'deauthenticate',
  'change-state',
  'set-password',
  'change-password',
  'add-accounts',
  'set-accounts',
  'remove-accounts',
  'list-resolvable-aliases',
  'issue-api-token',
  'add-members',
  'set-members',
  'remove-members',
  'add-principals',
  'set-principals',
  'remove-principals',
  'add-grants',
  'set-grants',
  'remove-grants',
  'add-grant-scopes',
  'set-grant-scopes',
  'remove-grant-scopes',
  'add-hosts',
  'set-hosts',
  'remove-hosts',
  'add-host-sets',
  'set-host-sets',
  'remove-host-sets',
  'add-host-sources',
  'set-host-sources',
  'remove-host-sources',
  'add-credential-libraries',
  'set-credential-libraries',
  'remove-credential-libraries',
  'add-credential-sources',
  'set-credential-sources',
  'remove-credential-sources',
  'authorize-session',
  'cancel',
  'cancel:self',
  'add-worker-tags',
  'set-worker-tags',
  'remove-worker-tags',
  'read-certificate-authority',
  'reinitialize-certificate-authority',
  'list-keys',
  'rotate-keys',
  'list-key-version-destruction-jobs',
  'destroy-key-version',
  'attach-storage-policy',
  'detach-storage-policy',
  'reapply-storage-policy',
  'download',
  'monthly-active-users',
  'explain-access',
] as const;

export type Action = (typeof actions)[number];

const known: ReadonlySet<string> = new Set(actions);

export function isAction(text: string): text is Action {
  return known.has(text);
}

/** The actions that change nothing; one that is not named here is taken to change something. */
const readingActions: ReadonlySet<string> = new Set<Action>([
  'no-op',
  'list',
  'read',
  'read:self',
  'list-resolvable-aliases',
  'read-certificate-authority',
  'list-keys',
  'list-key-version-destruction-jobs',
  'download',
  'monthly-active-users',
  'explain-access',
]);

/** True for an action that changes nothing. */
export function isReadingAction(action: string): boolean {
  return readingActions.has(action);
}

/** Names of old that grants still may hold, each with the one that took its place. */
export const deprecatedActions: Readonly<Record<string, Action>> = {
  'add-host-sets': 'add-host-sources',
  'set-host-sets': 'set-host-sources',
  'remove-host-sets': 'remove-host-sources',
  'add-credential-libraries': 'add-credential-sources',
  'set-credential-libraries': 'set-credential-sources',
  'remove-credential-libraries': 'remove-credential-sources',
};

/** `read` for `read:self`; null for an action without a parent. Holding the parent is holding the child. */
export function parentAction(action: string): string | null {
  const cut = action.indexOf(':');
  return cut === -1 ? null : action.slice(0, cut);
}

/** True when that action is granted: itself, by its parent, or by `*`. */
export function holdsAction(granted: ReadonlySet<string>, action: string): boolean {
  if (granted.has(action) || granted.has('*')) return true;
  const parent = parentAction(action);
  return parent !== null && granted.has(parent);
}

/** True when that action or a part of it is among the granted ones: `read:self` is a part of `read`. */
export function holdsActionOrPart(granted: readonly string[], action: string): boolean {
  return granted.some((one) => one === action || parentAction(one) === action);
}

/** True for `list`, `create` and their sub-actions: what is asked on a collection. */
export function isCollectionAction(action: string): boolean {
  const parent = parentAction(action) ?? action;
  return parent === 'list' || parent === 'create';
}

/** True for an action that is only about one's own. */
export function isSelfAction(action: string): boolean {
  return action.endsWith(':self');
}
