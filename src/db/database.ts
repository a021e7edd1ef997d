import type { Pool, PoolClient } from 'pg';
import type { Problem } from '../core/failure.js';
import type { Transactor, Tx } from '../core/tx.js';
import { auditRow, auditSql, type AuditHeader } from './audit-row.js';
import { holdLock, type HeldLock, type LockOwner } from './cluster-lock.js';
import { dialledAddresses, type ListenerAddress } from './own-listener.js';
import { readerOver } from './reader.js';
import { failureOf, isRetryable, isStalePlan } from './sql-failure.js';
import { Transaction, type TransactionParts } from './transaction.js';

export interface Database extends Transactor {
  /** Runs the work in one transaction; see `Call.write` for what the commit path does. `audit` is asked last. */
  transact<R>(work: (tx: Tx) => Promise<R>, audit?: () => AuditHeader): Promise<R>;
  /** Writes the audit row of an operation that was undone. */
  auditRefusal(audit: AuditHeader, problem: Problem | null): Promise<void>;
  /** Fails when the database does not answer. */
  ping(): Promise<void>;
  /**
   * Where the database itself listens: as it says, and as we reach it, which is another place behind NAT or a
   * pooler. Nothing when it is reached by a socket.
   */
  ownListener(): Promise<ListenerAddress[]>;
  /** See `holdLock`. */
  holdLock(name: string, owner: LockOwner): Promise<HeldLock | null>;
}

export interface DatabaseParts extends TransactionParts {
  /** Told after a commit that appended facts: a hint to look at the log, nothing more. */
  readonly onFacts: () => void;
}

const mostAttempts = 4;

export function openDatabase(parts: DatabaseParts): Database {
  const pool = (parts.source.driver as unknown as { master: Pool }).master;
  const reader = readerOver(async (statement) => {
    try {
      return await pool.query(statement);
    } catch (error) {
      if (!isStalePlan(error)) throw error;
      return await pool.query(statement); // the pool has dropped the connection with the stale plan
    }
  });
  const once = async <R>(begin: string, work: (client: PoolClient) => Promise<R>): Promise<R> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    // Between two statements nobody else hears that the connection is gone, and an error that nobody hears ends the process.
    const lose = (error: Error): void => void (broken ??= error);
    client.on('error', lose);
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      const why = broken ?? error;
      // A client that cannot even roll back is thrown away, and with it whatever it held.
      await client.query('rollback').catch((failed: unknown) => (broken = failed as Error));
      if (isStalePlan(error)) broken = error as Error;
      throw why;
    } finally {
      client.removeListener('error', lose);
      client.release(broken);
    }
  };
  return {
    reader,
    async transact(work, audit) {
      for (let attempt = 1; ; attempt++) {
        try {
          let appended = false;
          const result = await once('begin', async (client) => {
            const tx = new Transaction(parts, client);
            const value = await work(tx);
            appended = await tx.finish(audit);
            return value;
          });
          if (appended) parts.onFacts();
          return result;
        } catch (error) {
          if (!isRetryable(error) || attempt === mostAttempts) throw failureOf(error);
        }
      }
    },
    async snapshot(work) {
      try {
        return await once('begin isolation level repeatable read, read only', (client) =>
          work(readerOver((statement) => client.query(statement))),
        );
      } catch (error) {
        throw failureOf(error);
      }
    },
    async auditRefusal(audit, problem) {
      await reader.query(auditSql, auditRow(audit, problem === null ? 'failed' : 'refused', problem));
    },
    async ping() {
      await reader.query('select 1 as one');
    },
    async ownListener() {
      const said = await reader.query<ListenerAddress>(
        'select host(inet_server_addr()) as address, inet_server_port() as port where inet_server_addr() is not null',
      );
      return [...said, ...(await dialledAddresses(pool))];
    },
    holdLock: (name, owner) => holdLock(pool, name, owner),
  };
}
