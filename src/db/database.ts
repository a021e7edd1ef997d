import { createHash } from 'node:crypto';
import type { Pool, PoolClient, QueryArrayResult } from 'pg';
import type { DataSource } from 'typeorm';
import { actorName, type Actor } from '../core/ctx.js';
import { Failure, describeProblem, type Problem } from '../core/failure.js';
import type {
  AuditNote,
  ChangeGuard,
  Fact,
  Planning,
  Reactor,
  Reader,
  RowClass,
  Transactor,
  Tx,
} from '../core/tx.js';
import { holdLock, type HeldLock, type LockOwner } from './cluster-lock.js';
import { snakeCase } from './data-source.js';
import { dialledAddresses, type ListenerAddress } from './own-listener.js';
import { failureOf, isRetryable, isStalePlan } from './sql-failure.js';

/** Who and what an audit row is about, known before the operation runs. */
export interface AuditHeader {
  readonly operation: string;
  readonly requestId: string;
  readonly actor: Actor;
  readonly clientAddress: string | null;
  readonly note: AuditNote | null;
}

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

export interface DatabaseParts {
  readonly source: DataSource;
  readonly guard: ChangeGuard;
  /** In slice order. */
  readonly reactors: readonly Reactor[];
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
    try {
      await client.query(begin);
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      // A client that cannot even roll back is thrown away, and with it whatever it held.
      await client.query('rollback').catch((failed: unknown) => (broken = failed as Error));
      if (isStalePlan(error)) broken = error as Error;
      throw error;
    } finally {
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

class Transaction implements Tx {
  readonly query: Reader['query'];
  readonly rows: Reader['rows'];
  private readonly facts: Fact[] = [];

  constructor(
    private readonly parts: DatabaseParts,
    client: PoolClient,
  ) {
    const reader = readerOver((statement) => client.query(statement));
    this.query = reader.query;
    this.rows = reader.rows;
  }

  async insert<T extends object>(type: RowClass<T>, values: Partial<T>): Promise<T> {
    const columns = this.columnsOf(type, values);
    const names = columns.map(([name]) => name);
    const marks = columns.map((_, i) => `$${i + 1}`);
    const table = this.parts.source.getMetadata(type).tableName;
    const [row] = await this.rows(
      type,
      `insert into ${table} (${names.join(', ')}) values (${marks.join(', ')}) returning *`,
      columns.map(([, value]) => value),
    );
    return row as T;
  }

  async change<T extends { id: string }>(
    row: T,
    patch: Partial<T>,
    expectedVersion?: number | null,
  ): Promise<T> {
    await this.parts.guard.check(this, row, patch);
    const type = row.constructor as RowClass<T>;
    const columns = this.columnsOf(type, patch);
    const sets = columns.map(([name], i) => `${name} = $${i + 2}`);
    const table = this.parts.source.getMetadata(type).tableName;
    const wanted = expectedVersion ?? null;
    const [changed] = await this.rows(
      type,
      `update ${table} set ${sets.join(', ')} where id = $1${wanted === null ? '' : ` and version = $${columns.length + 2}`} returning *`,
      [row.id, ...columns.map(([, value]) => value), ...(wanted === null ? [] : [wanted])],
    );
    if (changed) return changed;
    const [now] = await this.query<{ version: number }>(`select version from ${table} where id = $1`, [
      row.id,
    ]);
    throw now
      ? new Failure({ code: 'VERSION_CONFLICT', currentVersion: now.version })
      : new Failure({ code: 'CONFLICT', rule: 'it was deleted meanwhile' });
  }

  record(fact: Fact): void {
    this.facts.push(fact);
  }

  /** The commit path: reactors, the audit row, then all facts last. True when there were facts. */
  async finish(audit: (() => AuditHeader) | undefined): Promise<boolean> {
    // The list may grow while reactors run; each fact, theirs too, is shown to every reactor once.
    for (const fact of this.facts) {
      for (const reactor of this.parts.reactors) {
        if (reactor.kinds.includes(fact.kind)) await reactor.react(this, fact);
      }
    }
    if (audit) await this.query(auditSql, auditRow(audit(), 'done', null));
    if (this.facts.length === 0) return false;
    await this.query(
      `insert into event_inbox (kind, subject_id, scope_id, revision, body)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::jsonb[])`,
      [
        this.facts.map((fact) => fact.kind),
        this.facts.map((fact) => fact.subjectId),
        this.facts.map((fact) => fact.scopeId),
        this.facts.map((fact) => fact.revision),
        this.facts.map((fact) => JSON.stringify(fact.body)),
      ],
    );
    return true;
  }

  private columnsOf<T extends object>(type: RowClass<T>, values: Partial<T>): [string, unknown][] {
    const known = new Set(this.parts.source.getMetadata(type).columns.map((column) => column.propertyName));
    return Object.entries(values)
      .filter(([property, value]) => known.has(property) && value !== undefined)
      .map(([property, value]) => [snakeCase(property), value]);
  }
}

interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
  readonly rowMode: 'array';
}

const preparedNames = new Map<string, string>();
// A plan takes 20 to 200 kB on each connection of the pool that has met it.
const mostPrepared = 400;

// TypeORM does not prepare; a prepared statement by name spares the server the planning (a fifth of the time).
function statementName(sql: string): string {
  let name = preparedNames.get(sql);
  if (name === undefined) {
    name =
      preparedNames.size < mostPrepared
        ? createHash('sha256').update(sql).digest('base64url').slice(0, 20)
        : '';
    if (name !== '') preparedNames.set(sql, name);
  }
  return name;
}

function readerOver(run: (statement: Statement) => Promise<QueryArrayResult>): Reader {
  const query = async (
    sql: string,
    params: readonly unknown[] = [],
    planning: Planning = 'kept',
  ): Promise<QueryArrayResult> => {
    try {
      const name = planning === 'kept' ? statementName(sql) : '';
      return await run({ name, text: sql, values: params as unknown[], rowMode: 'array' });
    } catch (error) {
      throw isRetryable(error) ? error : failureOf(error);
    }
  };
  return {
    query: async <R extends object>(sql: string, params?: readonly unknown[]) =>
      objectsOf(await query(sql, params), () => ({})) as R[],
    rows: async <T extends object>(
      type: RowClass<T>,
      sql: string,
      params?: readonly unknown[],
      planning?: Planning,
    ) =>
      objectsOf(
        await query(sql, params, planning),
        () => Object.create(type.prototype as object) as object,
      ) as T[],
  };
}

const camelNames = new Map<string, string>();

function camelName(column: string): string {
  let property = camelNames.get(column);
  if (property === undefined) {
    property = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(column, property);
  }
  return property;
}

// Rows come as arrays, so that each is made into one object and not two.
function objectsOf({ fields, rows }: QueryArrayResult, empty: () => object): object[] {
  const properties = fields.map(({ name }) => camelName(name));
  return rows.map((row: readonly unknown[]) => {
    const into = empty() as Record<string, unknown>;
    for (let i = 0; i < properties.length; i++) into[properties[i] as string] = row[i];
    return into;
  });
}

const auditSql = `
  insert into audit (request_id, actor_kind, actor_id, client_address, operation, resource_type, resource_id,
                     scope_id, outcome, error_code, denial_id, comment, before, after)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;

function auditRow(header: AuditHeader, outcome: string, problem: Problem | null): unknown[] {
  const { note } = header;
  const actor = note?.actor ?? header.actor;
  const comment = note?.comment ?? (problem ? describeProblem(problem) : null);
  return [
    header.requestId,
    actor.kind,
    actorName(actor),
    header.clientAddress,
    header.operation,
    note?.resourceType ?? (problem && 'resourceType' in problem ? problem.resourceType : null),
    note?.resourceId ?? null,
    note?.scopeId ?? null,
    outcome,
    outcome === 'done' ? null : (problem?.code ?? 'INTERNAL'),
    problem && 'denialId' in problem ? problem.denialId : null,
    comment,
    note?.before ? JSON.stringify(note.before, (_key, value: unknown) => storable(value)) : null,
    note?.after ? JSON.stringify(note.after, (_key, value: unknown) => storable(value)) : null,
  ].map(storable);
}

// What was tried may hold what the database cannot: NUL, and half of a surrogate pair.
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[\0\p{Cs}]/gu, '\uFFFD') : value;
}
