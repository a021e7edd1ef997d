import { killPrograms, runProgram, type Ended } from './program';
import type { TestServer } from './test-server';

export interface Commands {
  /** Runs a client command of the built program to its end. */
  run(args: readonly string[], input?: string): Promise<Ended>;
  /** The item that a command answers with, which must work. */
  item(...args: string[]): Promise<any>;
  /** What a command prints for people, which must work. */
  table(...args: string[]): Promise<string>;
  /** The sentence a command is refused with, and its exit status. */
  refusal(...args: string[]): Promise<[number | null, string]>;
}

/** The built command line against a server, signed in with a token. */
export function commandsOf(server: TestServer, token: string): Commands {
  const env = { HOME: '/nonexistent', POSTERN_ADDR: server.url, POSTERN_TOKEN: token };
  const run: Commands['run'] = (args, input = '') => runProgram(args, { env, input }).ended;
  const works = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args);
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    return stdout;
  };
  return {
    run,
    item: async (...args) => (JSON.parse(await works([...args, '-format=json'])) as { item: unknown }).item,
    table: (...args) => works(args),
    async refusal(...args) {
      const { code, stdout, stderr } = await run(args);
      expect({ args, stdout }).toEqual({ args, stdout: '' });
      return [code, stderr.trim()];
    },
  };
}

export { killPrograms };
