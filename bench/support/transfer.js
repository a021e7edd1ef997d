const { connect } = require('node:net');

const piece = Buffer.alloc(256 * 1024, 'postern ');

/** Moves so many bytes through a port to or from the host behind it; bytes per second, first byte to last. */
exports.transfer = function transfer(port, direction, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
    let received = 0;
    let started;
    socket.on('error', reject);
    socket.once('connect', () => {
      const order = Buffer.alloc(9, direction === 'down' ? 'd' : 'u');
      order.writeBigUInt64BE(BigInt(bytes), 1);
      started = process.hrtime.bigint();
      socket.write(order);
      if (direction === 'up') send(socket, bytes);
    });
    socket.on('data', (chunk) => (received += chunk.length));
    socket.once('end', () => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      socket.destroy();
      const expected = direction === 'down' ? bytes : 1;
      if (received === expected) resolve(bytes / seconds);
      else reject(new Error(`${received} bytes arrived instead of ${expected}`));
    });
  });
};

function send(socket, bytes) {
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const chunk = left >= piece.length ? piece : piece.subarray(0, left);
      left -= chunk.length;
      if (!socket.write(chunk)) return;
    }
    socket.removeListener('drain', more);
  };
  socket.on('drain', more);
  more();
}

exports.median = function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
