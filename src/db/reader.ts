import { createHash } from 'node:crypto';
import type { QueryArrayResult } from 'pg';
import type { Planning, Reader, RowClass } from '../core/tx.js';
import { failureOf, isRetryable } from './sql-failure.js';

export interface Statement {
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

/** Reads through anything that runs a statement. */
export function readerOver(run: (statement: Statement) => Promise<QueryArrayResult>): Reader {
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
