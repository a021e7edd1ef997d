import type { ApiClient } from './api-client.js';

interface PageAnswer<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const pageSize = 100;

/** Every item of a list, page by page. The document takes `$first` and `$after` and has one root field. */
export async function allPages<T>(
  api: ApiClient,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<T[]> {
  const items: T[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: Record<string, PageAnswer<T>> = await api.run(document, {
      ...variables,
      first: pageSize,
      after,
    });
    const page = Object.values(answer)[0] as PageAnswer<T>;
    items.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return items;
    after = page.pageInfo.endCursor;
  }
}
