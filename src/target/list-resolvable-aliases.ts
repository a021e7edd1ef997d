import { pageOf, pageWindow, windowSql, type Page, type PageArgs } from '../api/page.js';
import { redact } from '../api/redact.js';
import type { Request } from '../api/request.js';
import { listPredicate, Params } from '../grant/list-predicate.js';
import { shownFields } from '../grant/present.js';
import { protectedRow, requireOn } from '../grant/require.js';
import { idActionsOf } from '../grant/resource-type.js';
import { loadAclOf } from '../role/load-acl.js';
import { findUser } from '../user/user.store.js';
import { aliasFields, type Alias } from './alias.entity.js';
import { findAliasesOfTargets } from './alias.store.js';
import { targetPlace } from './target.store.js';

/**
 * Aliases, in the order of their values, of targets on which a user holds any action. Narrowed before the page is
 * cut. Needs `list-resolvable-aliases` on the user; NOT_FOUND when it is missing or hidden.
 */
export async function listResolvableAliases(
  request: Request,
  userId: string,
  args: PageArgs,
): Promise<Page<Alias>> {
  const { ctx, cursors } = request;
  const action = 'list-resolvable-aliases';
  const { row: user, acl } = await requireOn(ctx, action, 'user', await findUser(ctx.tx, userId));
  const window = pageWindow(args, cursors, [action, userId]);
  const access = await loadAclOf(ctx.tx, userId);
  const params = new Params();
  const visible = listPredicate(access.listPermission('target', idActionsOf('target')), targetPlace, params);
  const columns = { key: 'lower(a.value)', keyType: 'text', id: 'a.id', descending: false };
  const cut = windowSql(window, columns, (value, cast) => params.add(value, cast));
  const rows = await findAliasesOfTargets(ctx.tx, [visible, cut.where], cut.orderAndLimit, params.values);
  const fields = shownFields(acl, [action], protectedRow('user', user));
  return pageOf(
    rows,
    window,
    cursors,
    (row) => row.value.toLowerCase(),
    (row) => {
      row.authorizedActions = acl.actionsOn(idActionsOf('alias'), protectedRow('alias', row));
      return redact(row, fields, aliasFields);
    },
  );
}
