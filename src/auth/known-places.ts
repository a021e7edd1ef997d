import { LRUCache } from 'lru-cache';

/** Somebody who has signed in, and where from. */
export interface SignIn {
  /** The auth method, as an id or as `primary of` a scope: it is asked for in either way. */
  readonly methods: readonly string[];
  readonly loginName: string;
  readonly source: string;
}

/** The auth method of who names none. */
export function primaryOf(scopeId: string): string {
  return `primary of ${scopeId}`;
}

/** Each way of asking for an auth method. */
export function methodsOf(login: {
  readonly authMethodId: string;
  readonly primaryOf: string | null;
}): string[] {
  return [login.authMethodId, ...(login.primaryOf === null ? [] : [primaryOf(login.primaryOf)])];
}

const mostNames = 10_000;
const mostPlaces = 8;

/** Remembers from where each name has signed in before: the places used last, of the names used last. */
export class KnownPlaces {
  private readonly places = new LRUCache<string, LRUCache<string, true>>({ max: mostNames });

  remember({ methods, loginName, source }: SignIn): void {
    for (const method of methods) {
      const key = `${method} ${loginName}`;
      const places = this.places.get(key) ?? new LRUCache<string, true>({ max: mostPlaces });
      places.set(source, true);
      this.places.set(key, places);
    }
  }

  has(method: string, loginName: string, source: string): boolean {
    return this.places.get(`${method} ${loginName}`)?.has(source) ?? false;
  }
}
