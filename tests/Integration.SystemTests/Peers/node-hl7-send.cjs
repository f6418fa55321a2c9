// Sends messages with the npm package node-hl7-client, which has one message under way at a time. Arguments: port, encoding of the bytes.
// Standard input: one base64 message a line. Prints the answer to each as base64, one a line.
const { Client, Message } = require('node-hl7-client');

const [port, encoding] = process.argv.slice(2);
const messages = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
const client = new Client({ host: '127.0.0.1' });
const connection = client.createConnection({ port: Number(port), encoding }, async (response) => {
  console.log(Buffer.from(response.getMessage().toString(), encoding).toString('base64'));
  await sendNext();
});

async function sendNext() {
  if (messages.length === 0) {
    await connection.close();
    process.exit(0);
  }

  await connection.sendMessage(new Message({ text: Buffer.from(messages.shift(), 'base64').toString(encoding) }));
}

connection.on('connect', sendNext);
connection.on('error', (error) => { console.error(String(error)); process.exit(1); });
