// Listens with the npm package node-hl7-server. Arguments: port, encoding of the bytes, then optionally base64 messages to push to whoever
// connects. Prints "listening", then what comes as base64, one a line. Answers AA to everything but acknowledgements.
const { Server } = require('node-hl7-server');

const [port, encoding, ...pushed] = process.argv.slice(2);
const server = new Server({ bindAddress: '127.0.0.1' });
const inbound = server.createInbound({ port: Number(port), encoding }, async (request, response) => {
  if (request.getMessage().get('MSH.9.1').toString() !== 'ACK') {
    await response.sendResponse('AA');
  }
});
inbound.on('listen', () => console.log('listening'));
inbound.on('data.raw', (text) => console.log(Buffer.from(text, encoding).toString('base64')));
inbound.on('data.error', (error) => console.error(String(error)));
inbound.on('client.connect', (socket) => {
  for (const message of pushed) {
    socket.write(Buffer.concat([Buffer.from([0x0b]), Buffer.from(message, 'base64'), Buffer.from([0x1c, 0x0d])]));
  }
});
