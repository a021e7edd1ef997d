import { randomInt } from 'node:crypto';

/**
 * The one table of public id prefixes. An id is `<prefix>_<10 base62>`, except `global` and the
 * built-in users. The same string stands in the API, the CLI, the logs and the configuration.
 */
export const idPrefixes = {
  scope: ['global', 'o', 'p'],
  user: ['u'],
  group: ['g'],
  role: ['r'],
  'auth-method': ['ampw', 'amoidc', 'amldap'],
  account: ['acctpw', 'acctoidc', 'acctldap', 'apw'],
  'managed-group': ['mgoidc', 'mgldap'],
  'auth-token': ['at'],
  'host-catalog': ['hcst', 'hcplg', 'hc'],
  'host-set': ['hsst', 'hsplg', 'hs'],
  host: ['hst', 'hplg', 'h'],
  target: ['ttcp', 'tssh', 'trdp'],
  session: ['s'],
  'credential-store': ['csst', 'csvlt', 'cs'],
  'credential-library': ['clvlt', 'clvsclt', 'clvllt'],
  credential: ['credup', 'credupd', 'credp', 'credspk', 'credjson', 'cdvlt', 'cred'],
  worker: ['w'],
  alias: ['alt'],
  policy: ['pst'],
  'storage-bucket': ['sb'],
  'session-recording': ['sr'],
  'session-connection': ['sc'],
  'audit-entry': ['ae'],
} as const;

export type IdKind = keyof typeof idPrefixes;
export type IdPrefix = (typeof idPrefixes)[IdKind][number] | 'denial' | 'dk' | 'req' | 'boot';

const kindByPrefix = new Map<string, IdKind>();
for (const [kind, prefixes] of Object.entries(idPrefixes)) {
  for (const prefix of prefixes) kindByPrefix.set(prefix, kind as IdKind);
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` characters of base62 from the system's random source (5.95 bits each). */
export function randomText(length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += base62.charAt(randomInt(62));
  return text;
}

/** A fresh public id. */
export function newId(prefix: IdPrefix): string {
  return `${prefix}_${randomText(10)}`;
}

/** What kind of resource an id names, by its prefix; null when the prefix is unknown. */
export function kindOfId(id: string): IdKind | null {
  const cut = id.indexOf('_');
  return kindByPrefix.get(cut === -1 ? id : id.slice(0, cut)) ?? null;
}
