const { Agent, request } = require('node:http');
const { URL } = require('node:url');

/** Sends one document over kept connections, and gives its time in milliseconds. Fails where the answer is not whole. */
function sender({ url, token }, agent) {
  const target = new URL(url);
  return ({ query, variables }) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ query, variables });
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        authorization: `Bearer ${token}`,
      };
      const started = process.hrtime.bigint();
      const sent = request(
        { agent, host: target.hostname, port: target.port, path: target.pathname, method: 'POST', headers },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => {
            const ms = Number(process.hrtime.bigint() - started) / 1e6;
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200 && !text.startsWith('{"errors"')) resolve({ ms, text });
            else reject(new Error(`answered ${response.statusCode}: ${text.slice(0, 500)}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
}

/**
 * Sends the same document so many times over kept connections, so many at once; requests per second and the
 * time of each in milliseconds. Fails at the first answer that is not whole.
 */
exports.load = async function load(server, { query, variables }, { requests, atOnce }) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const send = sender(server, agent);
  const times = [];
  let next = 0;
  let last;
  const turn = async () => {
    while (next < requests) {
      const { ms, text } = await send({ query, variables: variables(next++) });
      times.push(ms);
      last = text;
    }
  };
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: atOnce }, turn));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  agent.destroy();
  return { perSecond: requests / seconds, times, last };
};

/** Sends documents evenly, so many a second, whether those before are answered or not. */
exports.pace = async function pace(server, asked, { perSecond, seconds }) {
  const agent = new Agent({ keepAlive: true });
  const send = sender(server, agent);
  const times = [];
  const all = [];
  const started = Date.now();
  for (let next = 0; next < perSecond * seconds;) {
    const due = ((Date.now() - started) / 1000) * perSecond;
    for (; next < due && next < perSecond * seconds; next += 1)
      all.push(send(asked(next)).then(({ ms }) => times.push(ms)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(all);
  agent.destroy();
  return { times, seconds: (Date.now() - started) / 1000 };
};

exports.percentile = function percentile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};
