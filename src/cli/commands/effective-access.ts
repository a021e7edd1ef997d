import type { ApiClient } from '../api-client.js';
import { columnLines, grantAction, visible } from '../output.js';

/** Documents of `explain` without a resource; the schema check validates each. */
export const documents = {
  effective: `query EffectiveAccess($userId: ID!) {
    effectiveAccess(userId: $userId) {
      userId hasHidden user { id name }
      sets {
        type things ids isEveryAction actions waysToMore scopes childrenOf isEverywhere roles { id name }
      }
    }
  }`,
} as const;

interface AccessSet {
  readonly type: string;
  readonly things: string;
  readonly ids: readonly string[];
  readonly isEveryAction: boolean;
  readonly actions: readonly string[];
  readonly waysToMore: readonly string[];
  readonly scopes: readonly string[];
  readonly childrenOf: readonly string[];
  readonly isEverywhere: boolean;
  readonly roles: readonly { readonly id: string; readonly name: string | null }[];
}

export interface EffectiveAccess {
  readonly userId: string;
  readonly hasHidden: boolean;
  readonly user: { readonly name: string | null } | null;
  readonly sets: readonly AccessSet[];
}

export async function readEffectiveAccess(api: ApiClient, userId: string): Promise<EffectiveAccess> {
  const { effectiveAccess } = await api.run<{ effectiveAccess: EffectiveAccess }>(documents.effective, {
    userId,
  });
  return effectiveAccess;
}

/** What a user may do, a line for each kind of things; a `!` marks what leads to more. */
export function effectiveAccessTable({ userId, user, sets, hasHidden }: EffectiveAccess): string {
  const who = user?.name ? `${user.name} (${userId})` : userId;
  const rows = sets.map((set) => [whereWords(set), thingWords(set), actionWords(set), roleWords(set)]);
  return [
    `What ${visible(who)} may do:`,
    ...(rows.length === 0
      ? ['  nothing']
      : columnLines([['WHERE', 'ON', 'ACTIONS', 'BY ROLE'], ...rows]).map((line) => `  ${line}`)),
    ...(sets.some(({ waysToMore }) => waysToMore.length > 0)
      ? ['', '  ! is a way to come by more than this']
      : []),
    ...(hasHidden ? ['', '  There is more, by roles that you may not read.'] : []),
  ].join('\n');
}

function whereWords({ scopes, childrenOf, isEverywhere }: AccessSet): string {
  const below = childrenOf.map((id) => `children of ${id}`);
  return [...scopes, ...below, ...(isEverywhere ? ['everywhere below global'] : [])].join(', ');
}

function thingWords({ type, things, ids }: AccessSet): string {
  const named = ids.join(', ');
  const words: Record<string, string> = {
    ALL: type === '*' ? 'everything' : `any ${type}`,
    ONE: `${type} ${named}`,
    IN: `${type} in ${named}`,
    COLLECTION: `${type} collections`,
  };
  return words[things] ?? type;
}

function actionWords({ isEveryAction, actions, waysToMore }: AccessSet): string {
  if (isEveryAction) return waysToMore.length > 0 ? '* !' : '*';
  const ways = new Set(waysToMore);
  return actions.map((action) => `${grantAction(action)}${ways.has(action) ? '!' : ''}`).join(', ');
}

function roleWords({ roles }: AccessSet): string {
  return roles.map(({ id, name }) => (name === null ? id : `${name} (${id})`)).join(', ');
}
