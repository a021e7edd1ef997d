// Loaded into a server before all else: counts the statements it sends to the database, and tells them when asked,
// with the time of the processor it has taken, in microseconds.
const { Client } = require('pg');

let statements = 0;
const { query } = Client.prototype;
Client.prototype.query = function counted(...args) {
  statements += 1;
  return query.apply(this, args);
};
process.on('message', (message) => {
  if (message !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send({ statements, cpuUs: user + system });
});
process.channel?.unref();
