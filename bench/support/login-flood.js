// The flood of a measurement, a process of its own: so many sign-ins a second, of all kinds that attackers send, over
// kept connections. It is told to begin and to end, and then says what they were answered.
const { connect } = require('node:net');
const { clearInterval, setInterval } = require('node:timers');

const query = 'mutation($i:AuthenticateInput!){authenticate(input:$i){token}}';
const document = (loginName, password) =>
  JSON.stringify({ query, variables: { i: { loginName, password } } });
const anyAddress = () => `203.${rand(256)}.${rand(256)}.${rand(256)}`;
const rand = (n) => Math.floor(Math.random() * n);
const anyName = () => `guess-${rand(1e9).toString(36)}`;
const known = (users) => `bench-user-${rand(users)}`;

/** How often of a hundred, from where, as whom and with which password. */
const kinds = [
  { share: 40, title: 'one address, many names', ask: () => ['198.51.100.1', anyName(), 'wrong'] },
  { share: 20, title: 'many addresses, many names', ask: () => [anyAddress(), anyName(), 'wrong'] },
  { share: 10, title: 'many addresses, one name', ask: () => [anyAddress(), 'bench-user-0', 'wrong'] },
  {
    share: 10,
    title: 'one address, one name, right',
    ask: () => ['198.51.100.2', 'bench-user-1', 'bench-password'],
  },
  {
    share: 15,
    title: 'one address, many names, right',
    ask: (users) => ['198.51.100.3', known(users), 'bench-password'],
  },
  { share: 5, title: 'passwords of 1 MB', ask: () => [anyAddress(), anyName(), 'x'.repeat(1_000_000)] },
];
const turns = kinds.flatMap(({ share, ask }) => Array(share).fill(ask)).sort(() => Math.random() - 0.5);

const mostAtOnce = 4;
const idle = [];
const answers = {};
let sent = 0;
let generation = 0;

function open(port) {
  const of = generation;
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  let head = '';
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (head.length < end + 4 + length) return;
    const code = /"code":"(\w+)"/.exec(head)?.[1] ?? (head.includes('"token":"at_') ? 'SIGNED_IN' : 'OTHER');
    const status = head.slice(9, 12);
    const key = status === '200' ? code : `${status} ${code}`;
    answers[key] = (answers[key] ?? 0) + 1;
    const isClosing = /connection: close/i.test(head);
    head = '';
    if (isClosing || of !== generation) socket.destroy();
    else idle.push(socket);
  });
  socket.on('error', () => (answers.RESET = (answers.RESET ?? 0) + 1));
  socket.on('close', () => {
    const at = idle.indexOf(socket);
    if (at !== -1) idle.splice(at, 1);
  });
  return socket;
}

function send(port, users) {
  const [address, name, password] = turns[sent++ % turns.length](users);
  const body = document(name, password);
  const socket = idle.pop() ?? open(port);
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
      `x-forwarded-for: ${address}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

let timer;
let began = 0;
process.on('message', ({ begin, end }) => {
  if (begin) {
    const { port, perSecond, users } = begin;
    began = Date.now();
    sent = 0;
    timer = setInterval(() => {
      const due = ((Date.now() - began) / 1000) * perSecond;
      // What it is behind it makes up for by and by: hundreds of connections in one moment are another attack.
      for (let burst = 0; sent < due && burst < mostAtOnce; burst += 1) send(port, users);
    }, 4);
  }
  if (end) {
    clearInterval(timer);
    // Those that wait are answered for a while; the next flood has sockets of its own.
    for (const socket of idle.splice(0)) socket.destroy();
    generation += 1;
    process.send({ perSecond: sent / ((Date.now() - began) / 1000), answers: { ...answers } });
    for (const key of Object.keys(answers)) delete answers[key];
  }
});
process.on('disconnect', () => process.exit());
