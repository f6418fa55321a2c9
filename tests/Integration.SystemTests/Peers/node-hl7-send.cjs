// Sends messages with the npm package node-hl7-client. Arguments: port, encoding of the bytes. Standard input: one base64 message a line.
// Prints the answer to each as base64, one a line, in the order they come.
const { Client, Message } = require('node-hl7-client');

const [port, encoding] = process.argv.slice(2);
const messages = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
let answers = 0;
const client = new Client({ host: '127.0.0.1' });
const connection = client.createConnection({ port: Number(port), encoding }, async (response) => {
  console.log(Buffer.from(response.getMessage().toString(), encoding).toString('base64'));
  if (++answers === messages.length) {
    await connection.close();
    process.exit(0);
  }
});
connection.on('connect', async () => {
  for (const message of messages) {
    await connection.sendMessage(new Message({ text: Buffer.from(message, 'base64').toString(encoding) }));
  }
});
connection.on('error', (error) => { console.error(String(error)); process.exit(1); });
