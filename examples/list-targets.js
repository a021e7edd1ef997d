// What may I reach? Signs in over plain HTTP and prints every target its user may list, page after page.
//
//   POSTERN_PASSWORD=password node examples/list-targets.js admin
//
// POSTERN_ADDR names another server than http://127.0.0.1:9200.

const address = process.env.POSTERN_ADDR ?? 'http://127.0.0.1:9200';

async function ask(query, variables, token) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`${errors[0].extensions.code}: ${errors[0].message}`);
  return data;
}

async function main(loginName) {
  const input = { loginName, password: process.env.POSTERN_PASSWORD };
  const signIn = 'mutation ($input: AuthenticateInput!) { authenticate(input: $input) { token } }';
  const { token } = (await ask(signIn, { input })).authenticate;
  const query = `query ($after: String) {
    targets(scopeId: "global", recursive: true, first: 50, after: $after) {
      nodes { id name address defaultPort scope { name } }
      pageInfo { hasNextPage endCursor }
    }
  }`;
  for (let after = null; ;) {
    const { nodes, pageInfo } = (await ask(query, { after }, token)).targets;
    for (const { id, name, scope } of nodes) console.log(`${id}  ${scope.name} / ${name}`);
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

main(process.argv[2] ?? 'admin').catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
