import type { Answer, TestServer } from './test-server';

export interface Life {
  /** Sends a mutation with its input; answers with the selection that stands for it. */
  run(mutation: string, input: object, token?: string | null): Promise<Answer>;
  /** The same, which must work: what its payload holds. */
  made(mutation: string, input: object, token?: string): Promise<any>;
}

/** Mutations over HTTP, each with its selection: `{ createHost: 'host { id }' }`. */
export function lifeOf(
  server: TestServer,
  admin: string,
  selections: Readonly<Record<string, string>>,
): Life {
  const run: Life['run'] = (mutation, input, token = admin) => {
    const name = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    return server.ask(
      `mutation ($input: ${name}Input!) { ${mutation}(input: $input) { ${selections[mutation]} } }`,
      { input },
      token,
    );
  };
  return {
    run,
    async made(mutation, input, token) {
      const answer = await run(mutation, input, token);
      expect(answer.errors).toBeUndefined();
      return Object.values(answer.data?.[mutation])[0];
    },
  };
}

export const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions['code'];
export const messageOf = ({ errors }: Answer): string | undefined => errors?.[0]?.message;
