import { request } from 'node:http';
import type { TestServer } from './test-server';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address it comes from: any of 127.0.0.0/8 is this machine. */
  readonly from?: string;
}

/** Sends a request as it is, from an address of this machine. */
export function sendRaw({ url }: Pick<TestServer, 'url'>, asked: RawRequest): Promise<RawAnswer> {
  const { method = 'POST', path = '/graphql', headers = {}, body = '', from = '127.0.0.1' } = asked;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, url),
      { method, localAddress: from, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

export interface LoginTry {
  readonly loginName?: string;
  readonly password?: string;
  readonly authMethodId?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tries to sign in over HTTP; the whole answer. */
export function tryLogin(server: Pick<TestServer, 'url'>, asked: LoginTry = {}): Promise<RawAnswer> {
  const { loginName = 'admin', password = 'wrong', authMethodId, from, headers } = asked;
  const query = 'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }';
  const body = JSON.stringify({ query, variables: { input: { loginName, password, authMethodId } } });
  return sendRaw(server, { body, ...(from ? { from } : {}), ...(headers ? { headers } : {}) });
}

/** How an answer to a login reads in one word: a code, or that it worked. */
export function outcomeOf({ body }: RawAnswer): string {
  const { data, errors } = JSON.parse(body) as {
    data?: { authenticate?: { token: string | null } };
    errors?: { extensions: { code: string } }[];
  };
  return errors?.[0]?.extensions.code ?? (data?.authenticate?.token ? 'signed in' : 'challenged');
}
