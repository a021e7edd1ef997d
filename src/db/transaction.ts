import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { Failure } from '../core/failure.js';
import type {
  ChangeGuard,
  Fact,
  Making,
  Reactor,
  Reader,
  Removal,
  RowClass,
  Tx,
  Versioned,
} from '../core/tx.js';
import { auditRow, auditSql, type AuditHeader } from './audit-row.js';
import { snakeCase } from './data-source.js';
import { claimMaking } from './made-once.js';
import { readerOver } from './reader.js';

export interface TransactionParts {
  readonly source: DataSource;
  readonly guard: ChangeGuard;
  /** In slice order. */
  readonly reactors: readonly Reactor[];
}

export class Transaction implements Tx {
  readonly query: Reader['query'];
  readonly rows: Reader['rows'];
  private readonly facts: Fact[] = [];

  constructor(
    private readonly parts: TransactionParts,
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
    return changed ?? this.refuse(table, row.id);
  }

  async raise<T extends Versioned>(row: T): Promise<T> {
    await this.parts.guard.check(this, row, {});
    const type = row.constructor as RowClass<T>;
    const table = this.parts.source.getMetadata(type).tableName;
    const [raised] = await this.rows(
      type,
      `update ${table} set version = version + 1 where id = $1 and version = $2 returning *`,
      [row.id, row.version],
    );
    return raised ?? this.refuse(table, row.id);
  }

  async remove<T extends { id: string }>(
    row: T,
    { type, scopeId, expectedVersion }: Removal,
  ): Promise<number> {
    await this.parts.guard.check(this, row, null);
    const table = this.parts.source.getMetadata(row.constructor as RowClass<T>).tableName;
    const [now] = await this.rows(
      row.constructor as RowClass<T & Partial<Versioned>>,
      `select * from ${table} where id = $1 for update`,
      [row.id],
    );
    if (!now || (expectedVersion != null && now.version !== expectedVersion))
      await this.refuse(table, row.id);
    const kind = `${type}.removing`;
    const revision = now?.version ?? 1;
    await this.announce({ kind, subjectId: row.id, scopeId, revision, body: {} });
    await this.query(`delete from ${table} where id = $1`, [row.id]);
    return revision;
  }

  async announce(fact: Fact): Promise<void> {
    for (const reactor of this.parts.reactors) {
      if (reactor.kinds.includes(fact.kind)) await reactor.react(this, fact);
    }
  }

  claim(making: Making): Promise<string | null> {
    return claimMaking(this, making);
  }

  /** Says why a row is not as it was expected: at another version, or gone. */
  private async refuse(table: string, id: string): Promise<never> {
    const [now] = await this.query<{ version?: number }>(`select * from ${table} where id = $1`, [id]);
    throw now?.version !== undefined
      ? new Failure({ code: 'VERSION_CONFLICT', currentVersion: now.version })
      : new Failure({ code: 'CONFLICT', rule: 'it was deleted meanwhile' });
  }

  record(fact: Fact): void {
    this.facts.push(fact);
  }

  /** The commit path: reactors, the audit row, then all facts last. True when there were facts. */
  async finish(audit: (() => AuditHeader) | undefined): Promise<boolean> {
    // The list may grow while reactors run; each fact, theirs too, is shown to every reactor once.
    for (const fact of this.facts) await this.announce(fact);
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
