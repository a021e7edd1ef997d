import type { TestDatabase } from './test-database';

// What the server does by itself while a test looks, and what a refusal is meant to leave behind.
const movesByItself = ['audit', 'denial', 'event', 'event_inbox', 'event_log', 'session_judge'];
const movingColumns: Readonly<Record<string, readonly string[]>> = {
  worker: ['last_seen_at'],
  session: ['access_event_id'],
  auth_token: ['last_used_at'],
  account_totp: ['wrong_codes', 'tried_at'],
  login_challenge: ['tries'],
};

/** Every row of every table as text, but for the audit and the denials; of the event log, how long it is. */
export async function dumpDatabase({ sql }: TestDatabase): Promise<Record<string, readonly string[]>> {
  const tables = await sql<{ name: string }>(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and not c.relispartition and not c.relname = any($1::text[]) order by 1`,
    [movesByItself],
  );
  const dump: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const columns = movingColumns[name] ?? [];
    const rows = await sql<{ row: string }>(
      `select (to_jsonb(t) - $1::text[])::text as row from ${name} t order by 1`,
      [columns],
    );
    dump[name] = rows.map(({ row }) => row);
  }
  const [log] = await sql<{ events: string }>(
    'select (select count(*) from event) + (select count(*) from event_inbox) as events',
  );
  return { ...dump, events: [log!.events] };
}

/** Every row of every table as text, nothing left out, as pg_dump would write it. */
export async function wholeDump({ sql }: TestDatabase): Promise<string> {
  const tables = await sql<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await sql<{ row: string }>(`select t::text as row from ${name} t`);
    parts.push(name, ...rows.map(({ row }) => row));
  }
  return parts.join('\n');
}
