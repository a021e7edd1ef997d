import { lookup } from 'node:dns/promises';
import { Client, type Pool } from 'pg';
import { StartFailure } from '../core/start-failure.js';

export interface ListenerAddress {
  readonly address: string;
  readonly port: number;
}

type Lookup = (host: string, options: { all: true }) => Promise<{ address: string }[]>;

/** Where the pool dials the database: every address that its host has; nothing when it goes by a socket. */
export async function dialledAddresses(pool: Pool, find: Lookup = lookup): Promise<ListenerAddress[]> {
  const { host, port } = new Client(pool.options); // reads them as a connection does, from URL and defaults
  if (host.startsWith('/')) return [];
  try {
    return (await find(host, { all: true })).map(({ address }) => ({ address, port }));
  } catch (error) {
    throw new StartFailure(
      `the addresses of the database's host ${host} cannot be looked up, and the worker must not dial them: ` +
        (error as Error).message,
    );
  }
}
