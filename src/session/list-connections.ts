import { pageOf, pageWindow, windowSql, type Page, type PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Params } from '../grant/list-predicate.js';
import type { ConnectionRecord } from './connection.entity.js';
import { findConnectionsWhere } from './connection.store.js';
import { showsConnections } from './locate-connections.js';
import type { Session } from './session.entity.js';

export interface ConnectionArgs extends PageArgs {
  readonly open?: boolean | null;
}

/** Connections of a session as it was presented to the caller, newest first; none where they are hidden. */
export async function listConnections(
  request: Request,
  session: Session,
  args: ConnectionArgs,
): Promise<Page<ConnectionRecord>> {
  const open = args.open ?? null;
  const window = pageWindow(args, request.cursors, ['connection', session.id, open]);
  const params = new Params();
  const conditions = [
    `c.session_id = ${params.add(session.id, 'text')}`,
    ...(showsConnections(session) ? [] : ['false']),
    ...(open === null ? [] : [`(c.status <> 'closed') = ${params.add(open, 'boolean')}`]),
  ];
  const columns = { key: 'c.created_at', keyType: 'timestamptz', id: 'c.id', descending: true };
  const cut = windowSql(window, columns, (value, cast) => params.add(value, cast));
  const rows = await findConnectionsWhere(
    request.ctx.tx,
    [...conditions, cut.where],
    cut.orderAndLimit,
    params.values,
  );
  return pageOf(
    rows,
    window,
    request.cursors,
    (row) => row.createdAt,
    (row) => row,
  );
}
