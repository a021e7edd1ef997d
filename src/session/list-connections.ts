import { pageOf, pageWindow, windowSql, type Page, type PageArgs } from '../api/page.js';
import type { Request } from '../api/request.js';
import { Params } from '../grant/list-predicate.js';
import type { ConnectionRecord } from './connection.entity.js';
import { findConnectionsWhere } from './connection.store.js';
import type { Session } from './session.entity.js';

export interface ConnectionArgs extends PageArgs {
  readonly open?: boolean | null;
}

/** Connections of a session that the caller sees, newest first; none when its grants keep them back. */
export async function listConnections(
  request: Request,
  session: Pick<Session, 'id' | 'hidesConnections'>,
  args: ConnectionArgs,
): Promise<Page<ConnectionRecord>> {
  const { id: sessionId, hidesConnections } = session;
  const open = args.open ?? null;
  const window = pageWindow(args, request.cursors, ['connection', sessionId, open]);
  const params = new Params();
  const conditions = [
    `c.session_id = ${params.add(sessionId, 'text')}`,
    ...(open === null ? [] : [`(c.status <> 'closed') = ${params.add(open, 'boolean')}`]),
  ];
  const columns = { key: 'c.created_at', keyType: 'timestamptz', id: 'c.id', descending: true };
  const cut = windowSql(window, columns, (value, cast) => params.add(value, cast));
  const rows = hidesConnections
    ? []
    : await findConnectionsWhere(
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
