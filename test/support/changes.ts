import type { Answer, TestServer } from './test-server';

export interface Changes {
  /** Sends a mutation with its input; what it answers with is selected by its name. */
  run(mutation: string, input: object, token?: string | null): Promise<Answer>;
  /** The resource a mutation answers with, which must work. */
  made(mutation: string, input: object, token?: string | null): Promise<any>;
}

/** Mutations of a server by the administrator, unless another token is named. */
export function changesOf(
  server: TestServer,
  admin: string,
  selections: Readonly<Record<string, string>>,
): Changes {
  const run: Changes['run'] = (mutation, input, token = admin) => {
    const name = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const selection = selections[mutation] ?? 'deletedId';
    return server.ask(
      `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { ${selection} } }`,
      { input },
      token,
    );
  };
  return {
    run,
    async made(mutation, input, token) {
      const answer = await run(mutation, input, token);
      expect(answer.errors).toBeUndefined();
      return Object.values(answer.data?.[mutation] as object)[0];
    },
  };
}

export const codeOf = ({ errors }: Pick<Answer, 'errors'>): string | undefined =>
  errors?.[0]?.extensions['code'] as string | undefined;

/** An answer without what differs from one refusal to the next. */
export const masked = (answer: object): string => JSON.stringify(answer).replaceAll(/(denial|req)_\w+/g, '');
