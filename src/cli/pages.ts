import type { ApiClient } from './api-client.js';
import { CliFailure } from './cli-failure.js';

interface PageAnswer<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const pageSize = 100;

/**
 * Every item of a list, or the first `most`, page by page. The document takes `$first` and `$after`; the page is
 * its one root field, unless `pageIn` finds it elsewhere.
 */
export async function allPages<T>(
  api: ApiClient,
  document: string,
  variables: Readonly<Record<string, unknown>>,
  {
    most = Infinity,
    pageIn = (answer) => Object.values(answer)[0],
  }: {
    readonly most?: number;
    readonly pageIn?: (answer: Readonly<Record<string, unknown>>) => unknown;
  } = {},
): Promise<T[]> {
  const items: T[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: Record<string, unknown> = await api.run(document, {
      ...variables,
      first: Math.min(pageSize, most - items.length),
      after,
    });
    const page = pageIn(answer) as PageAnswer<T> | null | undefined;
    if (!page || !Array.isArray(page.nodes))
      throw new CliFailure('the server answered with something that is no page');
    for (const node of page.nodes as readonly T[]) items.push(node);
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage || items.length >= most) return items;
    // A server that does not move on would be asked for ever.
    if (endCursor === null || endCursor === after)
      throw new CliFailure('the server says that there is more, and does not say where');
    after = endCursor;
  }
}
