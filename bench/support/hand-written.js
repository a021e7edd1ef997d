// What a page of sessions costs when it is written by hand: a plain graphql-js schema, one prepared JOIN, the
// same sign-in, the same access check and the same hiding of fields, behind the same HTTP adapter and Apollo.
// A process of its own, started with the database in its environment; says its address over IPC.
require('reflect-metadata');
const {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} = require('graphql');
const { cursorCodec } = require('../../dist/api/cursor.js');
const { silentLog } = require('../../dist/core/log.js');
const { openDataSource } = require('../../dist/db/data-source.js');
const { openDatabase } = require('../../dist/db/database.js');
const { entities } = require('../../dist/entities.js');
const { actions } = require('../../dist/grant/action.js');
const { Params, reachSql } = require('../../dist/grant/list-predicate.js');
const { present } = require('../../dist/grant/present.js');
const { requireOnCollection, protectedCollection } = require('../../dist/grant/require.js');
const { idActionsOf } = require('../../dist/grant/resource-type.js');
const { clientAddressOf } = require('../../dist/graphql/client-address.js');
const { documentPreparer } = require('../../dist/graphql/document.js');
const { startHttpApi } = require('../../dist/graphql/http-api.js');
const { listen } = require('../../dist/graphql/listener.js');
const { defaultLimits } = require('../../dist/limits.js');
const { loadAcl } = require('../../dist/role/load-acl.js');
const { presentSession } = require('../../dist/session/require-session.js');
const { targetFields } = require('../../dist/target/target.entity.js');
const { userFields } = require('../../dist/user/user.entity.js');

const must = (type) => new GraphQLNonNull(type);
const Action = new GraphQLEnumType({
  name: 'Action',
  values: Object.fromEntries(
    actions.map((action) => [action.toUpperCase().replaceAll(/[-:]/g, '_'), { value: action }]),
  ),
});
const Named = (name) =>
  new GraphQLObjectType({ name, fields: { id: { type: must(GraphQLID) }, name: { type: GraphQLString } } });
const SessionStatus = new GraphQLEnumType({
  name: 'SessionStatus',
  values: Object.fromEntries(
    ['pending', 'active', 'canceling', 'terminated'].map((value) => [value.toUpperCase(), { value }]),
  ),
});
const Session = new GraphQLObjectType({
  name: 'Session',
  fields: {
    id: { type: must(GraphQLID) },
    status: { type: must(SessionStatus) },
    createdAt: { type: must(GraphQLString) },
    expiresAt: { type: GraphQLString },
    endpoint: {
      type: GraphQLString,
      resolve: ({ type, endpointHost, endpointPort }) =>
        endpointHost === null ? null : `${type}://${endpointHost}:${endpointPort}`,
    },
    bytesUp: { type: GraphQLString },
    bytesDown: { type: GraphQLString },
    authorizedActions: { type: must(new GraphQLList(must(Action))) },
    user: { type: Named('User') },
    target: { type: Named('Target') },
  },
});
const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: { hasNextPage: { type: must(GraphQLBoolean) }, endCursor: { type: GraphQLString } },
});

async function sessionPage(request, { first }) {
  const { ctx, cursors } = request;
  const acl = await ctx.acl();
  await requireOnCollection(ctx, 'list', protectedCollection('session', { id: 'global', parentId: null }));
  const { all } = acl.listPermission('session', idActionsOf('session'));
  const params = new Params();
  const where = reachSql(all, { scopeId: 'x.project_id', scopeParentId: 'x.org_id' }, params);
  const rows = await ctx.tx.query(
    `select x.id, x.type, x.status, x.created_at, x.expires_at, x.endpoint_host, x.endpoint_port, x.bytes_up,
       x.bytes_down, x.user_id, x.project_id as scope_id, x.org_id as scope_parent_id,
       u.id as of_user_id, u.name as of_user_name, u.scope_id as of_user_scope_id, us.parent_id as of_user_parent_id,
       t.id as of_target_id, t.name as of_target_name, t.scope_id as of_target_scope_id, ts.parent_id as of_target_parent_id
     from session x
     left join iam_user u on u.id = x.user_id left join scope us on us.id = u.scope_id
     left join target t on t.id = x.target_id left join scope ts on ts.id = t.scope_id
     where ${where} order by x.created_at desc, x.id desc limit ${params.add(first + 1, 'int')}`,
    params.values,
  );
  const nodes = rows.slice(0, first).map((row) => {
    const session = presentSession(acl, ctx.actor, 'list', row);
    const part = (name) => ({
      id: row[`of${name}Id`],
      name: row[`of${name}Name`],
      scopeId: row[`of${name}ScopeId`],
      scopeParentId: row[`of${name}ParentId`],
    });
    session.user = row.ofUserId && session.userId && present(acl, 'read', 'user', part('User'), userFields);
    session.target = row.ofTargetId && present(acl, 'read', 'target', part('Target'), targetFields);
    return session;
  });
  const last = nodes.at(-1);
  return {
    nodes,
    pageInfo: {
      hasNextPage: rows.length > first,
      endCursor: last ? cursors.seal([last.createdAt, last.id], `sessions ${ctx.actor.userId}`) : null,
    },
  };
}

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      sessions: {
        type: new GraphQLObjectType({
          name: 'SessionConnection',
          fields: {
            nodes: { type: must(new GraphQLList(must(Session))) },
            pageInfo: { type: must(PageInfo) },
          },
        }),
        args: {
          scopeId: { type: must(GraphQLID) },
          recursive: { type: must(GraphQLBoolean), defaultValue: false },
          first: { type: GraphQLInt },
        },
        resolve: (_, args, request) => sessionPage(request, args),
      },
    },
  }),
});

async function start() {
  const source = await openDataSource(
    {
      url: process.env.DATABASE_URL,
      poolSize: 20,
      statementTimeoutMs: 10_000,
      applicationName: 'hand-written',
      clockShift: null,
    },
    entities,
  );
  const guard = { check: () => Promise.resolve() };
  const database = openDatabase({ source, guard, reactors: [], onFacts: () => {} });
  const cursors = cursorCodec(Buffer.alloc(32, 1));
  const http = await startHttpApi({
    schema,
    preparer: documentPreparer(schema, defaultLimits.document),
    requests: { database, log: silentLog, loadAcl, cursors, eventCursors: cursors },
    log: silentLog,
    mostBodyBytes: defaultLimits.mostBodyBytes,
    bodyTimeoutMs: defaultLimits.bodyTimeoutMs,
    clientAddress: clientAddressOf(false),
  });
  const listener = await listen(
    { host: '127.0.0.1', port: 0, tls: null, isBehindProxy: false, publicUrl: null, allowedOrigins: [] },
    { pages: new Map([['/graphql', http.handle]]), probes: new Map(), upgrade: () => false },
    silentLog,
  );
  process.send({ url: `${listener.url}/graphql` });
}

process.on('disconnect', () => process.exit());
start().catch((error) => {
  console.error(error);
  process.exit(1);
});
