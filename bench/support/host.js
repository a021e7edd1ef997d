// The host of a measurement, a process of its own. A connection begins with one byte and a length: `d` asks
// for that many bytes, `u` sends that many and gets one byte back when they have all arrived.
const { createServer } = require('node:net');

const piece = Buffer.alloc(256 * 1024, 'postern ');

const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (order) => {
    const length = Number(order.readBigUInt64BE(1));
    if (order[0] === 'd'.charCodeAt(0)) return send(socket, length);
    let left = length - (order.length - 9);
    socket.on('data', (chunk) => {
      left -= chunk.length;
      if (left === 0) socket.end('!');
    });
  });
});

function send(socket, length) {
  let left = length;
  const more = () => {
    while (left > 0) {
      const chunk = left >= piece.length ? piece : piece.subarray(0, left);
      left -= chunk.length;
      if (!socket.write(chunk)) return;
    }
    socket.removeListener('drain', more);
    socket.end();
  };
  socket.on('drain', more);
  more();
}

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
