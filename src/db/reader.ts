import { createHash } from 'node:crypto';
import type { QueryResult } from 'pg';
import type { Planning, Reader, RowClass } from '../core/tx.js';
import { failureOf, isRetryable } from './sql-failure.js';

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
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

/** Reads through anything that runs a statement. */
export function readerOver(run: (statement: Statement) => Promise<QueryResult>): Reader {
  const query = async (
    sql: string,
    params: readonly unknown[] = [],
    planning: Planning = 'kept',
  ): Promise<Record<string, unknown>[]> => {
    try {
      const name = planning === 'kept' ? statementName(sql) : '';
      const result = await run({ name, text: sql, values: params as unknown[] });
      return result.rows as Record<string, unknown>[];
    } catch (error) {
      throw isRetryable(error) ? error : failureOf(error);
    }
  };
  return {
    query: async <R extends object>(sql: string, params?: readonly unknown[]) =>
      (await query(sql, params)).map((row) => camelCased(row, {})) as R[],
    rows: async <T extends object>(
      type: RowClass<T>,
      sql: string,
      params?: readonly unknown[],
      planning?: Planning,
    ) =>
      (await query(sql, params, planning)).map((row) =>
        camelCased(row, Object.create(type.prototype as object) as object),
      ) as T[],
  };
}

const camelNames = new Map<string, string>();

function camelCased(row: Record<string, unknown>, into: object): object {
  const target = into as Record<string, unknown>;
  for (const column in row) {
    let property = camelNames.get(column);
    if (property === undefined) {
      property = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      camelNames.set(column, property);
    }
    target[property] = row[column];
  }
  return target;
}
