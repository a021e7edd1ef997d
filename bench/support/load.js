const { Agent, request } = require('node:http');
const { URL } = require('node:url');

/**
 * Sends the same document so many times over kept connections, so many at once; requests per second and the
 * time of each in milliseconds. Fails at the first answer that is not whole.
 */
exports.load = async function load({ url, token }, { query, variables }, { requests, atOnce }) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const target = new URL(url);
  const times = [];
  let next = 0;
  const one = (i) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ query, variables: variables(i) });
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
            times.push(Number(process.hrtime.bigint() - started) / 1e6);
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200 && !text.startsWith('{"errors"')) resolve(text);
            else reject(new Error(`answered ${response.statusCode}: ${text.slice(0, 500)}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  let last;
  const turn = async () => {
    while (next < requests) last = await one(next++);
  };
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: atOnce }, turn));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  agent.destroy();
  return { perSecond: requests / seconds, times, last };
};

exports.percentile = function percentile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};
