import type { Reader } from '../core/tx.js';
import { Alias } from './alias.entity.js';

export const aliasColumns = 'a.*, s.parent_id as scope_parent_id';
export const aliasTables = 'alias a join scope s on s.id = a.scope_id';

export async function findAliases(reader: Reader, ids: readonly string[]): Promise<Alias[]> {
  return reader.rows(Alias, `select ${aliasColumns} from ${aliasTables} where a.id = any($1::text[])`, [ids]);
}

/** Aliases whose target `t`, of a scope `s`, meets the conditions, which are text of ours; values come as parameters. */
export async function findAliasesOfTargets(
  reader: Reader,
  conditions: readonly string[],
  orderAndLimit: string,
  values: readonly unknown[],
): Promise<Alias[]> {
  return reader.rows(
    Alias,
    `select a.*, null as scope_parent_id
     from alias a join target t on t.id = a.destination_id join scope s on s.id = t.scope_id
     where ${conditions.join(' and ')} ${orderAndLimit}`,
    values,
  );
}
