// The playground: a document, its variables, and the answer. The token stays in this page's memory.

const at = (id) => document.getElementById(id);

const examples = {
  'Who am I': { query: '{\n  viewer { id name loginName }\n  about { version }\n}' },
  'Scopes and targets': {
    query: `query Targets($scopeId: ID!) {
  scopes(scopeId: $scopeId, recursive: true) { nodes { id type name parentId } }
  targets(scopeId: $scopeId, recursive: true) {
    nodes { id name type address defaultPort authorizedActions scope { id name } }
    pageInfo { hasNextPage endCursor }
  }
}`,
    variables: { scopeId: 'global' },
  },
  'Live sessions (subscription)': {
    query: `subscription Live($scopeId: ID!) {
  sessionEvents(scopeId: $scopeId, recursive: true) {
    __typename
    ... on SessionEvent {
      type
      occurredAt
      isSnapshot
      session { id status userName targetName openConnectionCount bytesUp bytesDown terminationReason }
      connection { clientAddress closedReason }
    }
    ... on StreamCheckpoint { serverTime }
  }
}`,
    variables: { scopeId: 'global' },
  },
  'Sessions, page by page': {
    query: `query Sessions($scopeId: ID!, $first: Int, $after: String) {
  sessions(scopeId: $scopeId, recursive: true, first: $first, after: $after) {
    nodes {
      id status endpoint createdAt expiresAt terminationReason
      user { id name }
      target { id name }
      states { status startedAt endedAt }
      connections(first: 5) { nodes { clientAddress endpointAddress bytesUp bytesDown closedReason } }
    }
    pageInfo { hasNextPage endCursor }
    eventCursor
  }
}`,
    variables: { scopeId: 'global', first: 10 },
  },
  'Authorize a session': {
    query: `mutation Authorize($input: AuthorizeSessionInput!) {
  authorizeSession(input: $input) {
    session { id status endpoint }
    authorization { connectCommand expiresAt connectionLimit }
  }
}`,
    variables: { input: { name: 'tests', scopeName: 'QA_Tests' } },
  },
  'Cancel a session': {
    query: `mutation Cancel($input: CancelSessionInput!) {
  cancelSession(input: $input) { session { id status terminationReason endedByName } }
}`,
    variables: { input: { id: 's_…', comment: 'unknown activity' } },
  },
};

let token = null;
let stream = null;

function say(text, isWrong = false) {
  at('state').textContent = text;
  at('state').classList.toggle('wrong', isWrong);
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

async function post(query, variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

// The login that waits for a code.
let waiting = null;

function waitForCode(login) {
  waiting = login;
  at('code-label').hidden = login === null;
  at('code').required = login !== null;
  at('code').value = '';
  at('password').required = login === null;
  at('password').value = '';
}

async function signIn(event) {
  event.preventDefault();
  if (waiting !== null) return showCode(waiting);
  const input = { loginName: at('login-name').value, password: at('password').value };
  const { data, errors } = await post(
    'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token challenge { id } } }',
    { input },
  );
  if (errors) return say(errors[0].message, true);
  const { token: given, challenge } = data.authenticate;
  const { loginName } = input;
  waitForCode(challenge && { loginName, challengeId: challenge.id });
  if (challenge === null) return settle(given, loginName);
  at('code').focus();
  say('Enter the code of your authenticator');
}

async function showCode({ loginName, challengeId }) {
  const input = { challengeId, code: at('code').value };
  const { data, errors } = await post(
    'mutation ($input: ContinueAuthenticationInput!) { continueAuthentication(input: $input) { token } }',
    { input },
  );
  // After a wrong one all begins anew: the login may be over as well.
  waitForCode(null);
  if (errors) return say(errors[0].message, true);
  await settle(data.continueAuthentication.token, loginName);
}

async function settle(given, loginName) {
  token = given;
  at('who').textContent = loginName;
  showSignedIn(true);
  at('result').textContent = '';
  say('Signed in');
  await showSchema();
}

function showSignedIn(isSignedIn) {
  at('sign-in').hidden = isSignedIn;
  at('signed-in').hidden = !isSignedIn;
}

function signOut() {
  token = null;
  stop();
  showSignedIn(false);
  at('result').textContent = '';
  say('Signed out; the token is forgotten');
}

// What the document's operation is, read the way the server reads it: comments and strings aside.
function isSubscription(query) {
  const bare = query.replace(/"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*/g, '');
  let depth = 0;
  for (const [word] of bare.matchAll(/[{}]|[A-Za-z_]\w*/g)) {
    if (word === '{') depth += 1;
    else if (word === '}') depth -= 1;
    else if (depth === 0 && word === 'subscription') return true;
  }
  return false;
}

async function run() {
  stop();
  const query = at('query').value;
  let variables;
  try {
    variables = JSON.parse(at('variables').value || '{}');
  } catch (error) {
    return say(`The variables are not JSON: ${error.message}`, true);
  }
  if (isSubscription(query)) return subscribe(query, variables);
  say('Asking …');
  const started = performance.now();
  try {
    const answer = await post(query, variables);
    at('result').textContent = JSON.stringify(answer, null, 2);
    const took = `${Math.round(performance.now() - started)} ms`;
    say(
      answer.errors ? `${counted(answer.errors.length, 'error')}, ${took}` : `Done, ${took}`,
      Boolean(answer.errors),
    );
  } catch (error) {
    say(`The server cannot be reached: ${error.message}`, true);
  }
}

const longestResult = 200_000;

// One operation on one socket, by the protocol graphql-transport-ws.
function subscribe(query, variables) {
  const socket = new WebSocket(
    location.href.replace(/^http/, 'ws').replace(/\/playground.*/, '/graphql'),
    'graphql-transport-ws',
  );
  const send = (message) => socket.send(JSON.stringify(message));
  let count = 0;
  let ended = null;
  stream = socket;
  at('stop').disabled = false;
  at('result').textContent = '';
  say('Connecting …');
  socket.onopen = () => send({ type: 'connection_init', payload: token ? { token } : {} });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection_ack')
      send({ id: '1', type: 'subscribe', payload: { query, variables } });
    if (message.type === 'ping') send({ type: 'pong' });
    if (message.type === 'next') {
      count += 1;
      const text = `${JSON.stringify(message.payload, null, 2)}\n\n`;
      at('result').textContent = (text + at('result').textContent).slice(0, longestResult);
      say(`Live, ${counted(count, 'item')}, newest first`);
    }
    if (message.type === 'error') {
      at('result').textContent = JSON.stringify({ errors: message.payload }, null, 2);
      ended = ['The subscription was refused', true];
      socket.close(1000);
    }
    if (message.type === 'complete') {
      ended = [`Complete, ${counted(count, 'item')}`, false];
      socket.close(1000);
    }
  };
  socket.onclose = ({ code, reason }) => {
    if (stream !== socket) return;
    stream = null;
    at('stop').disabled = true;
    say(...(ended ?? [`The stream ended (${code} ${reason || 'connection lost'})`, true]));
  };
}

function stop() {
  if (!stream) return;
  const socket = stream;
  stream = null;
  socket.close(1000);
  at('stop').disabled = true;
  say('Stopped');
}

function typeText({ kind, name, ofType }) {
  if (kind === 'NON_NULL') return `${typeText(ofType)}!`;
  return kind === 'LIST' ? `[${typeText(ofType)}]` : name;
}

async function showSchema() {
  const type = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';
  const { data, errors } = await post(
    `{ __schema { ${['queryType', 'mutationType', 'subscriptionType']
      .map(
        (root) =>
          `${root} { name fields { name description args { name type { ${type} } } type { ${type} } } }`,
      )
      .join(' ')} } }`,
  );
  const place = at('fields');
  place.textContent = errors ? errors[0].message : '';
  for (const root of Object.values(data?.__schema ?? {})) {
    const heading = document.createElement('h2');
    heading.textContent = root.name;
    const list = document.createElement('dl');
    for (const field of root.fields) {
      const term = document.createElement('dt');
      const code = document.createElement('code');
      const args = field.args.map((arg) => `${arg.name}: ${typeText(arg.type)}`).join(', ');
      code.textContent = `${field.name}${args ? `(${args})` : ''}: ${typeText(field.type)}`;
      term.append(code);
      const description = document.createElement('dd');
      description.textContent = field.description;
      list.append(term, description);
    }
    place.append(heading, list);
  }
}

function showExample() {
  const { query, variables } = examples[at('example').value];
  at('query').value = query;
  at('variables').value = variables ? JSON.stringify(variables, null, 2) : '';
}

for (const name of Object.keys(examples)) at('example').append(new Option(name));
showExample();
at('example').addEventListener('change', showExample);
at('sign-in').addEventListener('submit', signIn);
at('sign-out').addEventListener('click', signOut);
at('run').addEventListener('click', run);
at('stop').addEventListener('click', stop);
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    void run();
  }
  if (event.key === 'Escape') stop();
});
