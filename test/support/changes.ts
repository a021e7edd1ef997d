import type { Answer, TestServer } from './test-server';

export interface Changes {
  /** Sends a mutation with its input, as the first caller or as another. */
  run(mutation: string, input: object, token?: string | null): Promise<Answer>;
  /** What a mutation that must work has made or changed. */
  made(mutation: string, input: object, token?: string | null): Promise<any>;
  /** The code a mutation is refused with; undefined when it works. */
  code(mutation: string, input: object, token?: string | null): Promise<string | undefined>;
  /** The sentence it is refused with. */
  refusal(mutation: string, input: object, token?: string | null): Promise<string | undefined>;
}

/** Mutations by their names, each asked for the selection given for it. */
export function changesOf(
  server: () => TestServer,
  firstCaller: () => string,
  selections: Readonly<Record<string, string>>,
): Changes {
  const run: Changes['run'] = (mutation, input, token = firstCaller()) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selections[mutation] ?? 'deletedId'} } }`;
    return server().ask(query, { input }, token);
  };
  return {
    run,
    async made(mutation, input, token) {
      const { data, errors } = await run(mutation, input, token);
      expect(errors).toBeUndefined();
      return Object.values(data?.[mutation])[0];
    },
    code: async (...asked) => (await run(...asked)).errors?.[0]?.extensions['code'] as string | undefined,
    refusal: async (...asked) => (await run(...asked)).errors?.[0]?.message,
  };
}

export const codeOf = ({ errors }: Pick<Answer, 'errors'>): string | undefined =>
  errors?.[0]?.extensions['code'] as string | undefined;
export const messageOf = ({ errors }: Pick<Answer, 'errors'>): string | undefined => errors?.[0]?.message;
