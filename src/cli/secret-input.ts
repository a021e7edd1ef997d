import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { CliFailure } from './cli-failure.js';

/**
 * A secret that a flag names without holding it: `env://NAME` or `file://PATH`; null for anything else.
 */
export function namedSecret(text: string, env: NodeJS.ProcessEnv): string | null {
  if (text.startsWith('env://')) {
    const name = text.slice('env://'.length);
    const value = env[name];
    if (!value) throw new CliFailure(`the environment variable ${name} is not set`);
    return value;
  }
  if (!text.startsWith('file://')) return null;
  const path = text.slice('file://'.length);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new CliFailure(`${path} cannot be read: ${(error as Error).message}`);
  }
}

type Input = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };

const longestSecret = 4096;

/** Asks for a secret at the terminal without showing it; from a pipe, takes the first line. */
export function askSecret(question: string, input: Input, screen: Writable): Promise<string> {
  return ask(question, input, screen, input.isTTY === true && input.setRawMode !== undefined);
}

function ask(question: string, input: Input, screen: Writable, isHidden: boolean): Promise<string> {
  if (input.isTTY === true) screen.write(question);
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (outcome: () => void): void => {
      input.removeListener('data', read);
      input.removeListener('end', ended);
      if (isHidden) {
        input.setRawMode?.(false);
        screen.write('\n');
      }
      input.pause();
      outcome();
    };
    const ended = (): void =>
      finish(() =>
        text === '' ? reject(new CliFailure('nothing was given on standard input')) : resolve(text),
      );
    const read = (chunk: Buffer | string): void => {
      const typed = chunk.toString();
      let at = 0;
      for (const letter of typed) {
        at += letter.length;
        if (letter === '\n' || letter === '\r') {
          ended();
          // What follows the line is the answer to the next question.
          const rest = typed.slice(at).replace(letter === '\r' ? /^\n/ : '', '');
          if (rest !== '') input.unshift(rest);
          return;
        }
        if (isHidden && letter === '\u0003') return finish(() => reject(new CliFailure('given up')));
        if (isHidden && letter === '\u0004') return ended();
        if (isHidden && (letter === '\u007f' || letter === '\b'))
          text = Array.from(text).slice(0, -1).join('');
        else text += letter;
        if (text.length > longestSecret) return finish(() => reject(new CliFailure('that is too long')));
      }
    };
    if (isHidden) input.setRawMode?.(true);
    input.setEncoding('utf8');
    input.on('data', read);
    input.once('end', ended);
    input.resume();
  });
}

/**
 * A code that a flag names, `-` for the next line of standard input. Where it is left out it is asked for at the
 * terminal, and shows there: it is good once.
 */
export async function codeFrom(
  flag: string,
  given: string | undefined,
  { env, stdin, stderr }: { env: NodeJS.ProcessEnv; stdin: Input; stderr: Writable },
): Promise<string> {
  if (given === undefined && stdin.isTTY !== true)
    throw new CliFailure(
      `a code is asked for: give -${flag}=env://NAME, -${flag}=file://PATH or -${flag}=- for standard input, or run this at a terminal`,
    );
  if (given === undefined || given === '-')
    return (await ask('Please enter the code of your authenticator: ', stdin, stderr, false)).trim();
  const named = namedSecret(given, env);
  if (named === null)
    throw new CliFailure(
      `-${flag} takes env://NAME, file://PATH or -: an argument would show in the process list`,
    );
  return named;
}

const longestText = 65_536;

/** A secret of several lines, which takes all of standard input. */
export async function readSecret(input: Readable): Promise<string> {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > longestText) throw new CliFailure('that is too long');
  }
  if (text.trim() === '') throw new CliFailure('nothing was given on standard input');
  return text;
}

/** Asks for a secret that is chosen now; at a terminal twice, because nobody sees what is typed. */
export async function askNewSecret(question: string, input: Input, screen: Writable): Promise<string> {
  const secret = await askSecret(question, input, screen);
  if (input.isTTY !== true) return secret;
  const again = await askSecret('Please enter it once more: ', input, screen);
  if (again !== secret) throw new CliFailure('the two are not the same; nothing was changed');
  return secret;
}
