// Who is connected, as it happens: one line for each change of a session, until Ctrl-C.
//
//   POSTERN_PASSWORD=password node examples/watch-sessions.js admin
//
// POSTERN_ADDR names another server than http://127.0.0.1:9200.
const { createClient } = require('graphql-ws');
const { WebSocket } = require('ws');

const address = process.env.POSTERN_ADDR ?? 'http://127.0.0.1:9200';

async function signIn(loginName) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }',
      variables: { input: { loginName, password: process.env.POSTERN_PASSWORD } },
    }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data.authenticate.token;
}

// First what there is (isSnapshot), then a checkpoint, then every change in its order.
const query = `subscription {
  sessionEvents(scopeId: "global", recursive: true) {
    __typename
    ... on SessionEvent {
      occurredAt
      type
      session { id status userName targetName bytesUp bytesDown terminationReason endedByName }
    }
    ... on StreamCheckpoint { serverTime }
  }
}`;

function print({ __typename: kind, ...item }) {
  if (kind === 'StreamCheckpoint')
    return console.log(`${item.serverTime}  this is all there is now; changes follow`);
  if (kind !== 'SessionEvent') return;
  const { id, status, userName, targetName, terminationReason, endedByName } = item.session;
  const why = terminationReason ? `${terminationReason}${endedByName ? ` by ${endedByName}` : ''}` : '';
  console.log(
    [item.occurredAt, id, item.type, status, `${userName} on ${targetName}`, why].join('  ').trimEnd(),
  );
}

async function main(loginName) {
  const token = await signIn(loginName);
  const client = createClient({
    url: `${address.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { token },
  });
  for await (const { data, errors } of client.iterate({ query })) {
    if (errors) throw new Error(errors[0].message);
    print(data.sessionEvents);
  }
}

main(process.argv[2] ?? 'admin').catch((error) => {
  console.error(error.message ?? `the connection was lost (${error.code})`);
  process.exitCode = 1;
});
