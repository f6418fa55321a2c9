// Reads the record with the npm driver mongodb. Argument: connection string with a database. Prints one JSON object: how many values of each place
// have which JavaScript type, and a sum of money.
const { MongoClient, Decimal128, Long } = require('mongodb');

const typeOf = (value) => value instanceof Date ? 'Date' : value instanceof Decimal128 ? 'Decimal128' : value instanceof Long ? 'Long'
  : Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;

(async () => {
  const client = await MongoClient.connect(process.argv[2], { promoteLongs: false, promoteValues: true });
  const database = client.db();
  const types = {};
  const count = (place, value) => {
    const key = `${place}: ${typeOf(value)}`;
    types[key] = (types[key] ?? 0) + 1;
  };
  for await (const patient of database.collection('patients').find({ mergedInto: { $exists: false } })) {
    count('lastEvent', patient.lastEvent);
    count('sequence', patient.sequence);
    count('nameKeys', patient.nameKeys);
    count('birthDate', patient.body.demographics.birthDate);
    count('deceased', patient.body.demographics.deceased);
    patient.body.sections.forEach((section) => section.latest.forEach((entry) => count('section time', entry.time)));
  }
  for await (const charge of database.collection('resources').find({ type: 'ChargeItem' })) {
    count('effective', charge.effective);
    count('occurrence', charge.body.resource.occurrenceDateTime);
    count('price', charge.body.resource.priceOverride.value);
    count('quantity', charge.body.resource.quantity.value);
  }
  const [{ total }] = await database.collection('resources')
    .aggregate([{ $match: { type: 'ChargeItem' } }, { $group: { _id: null, total: { $sum: '$body.resource.priceOverride.value' } } }]).toArray();
  console.log(JSON.stringify({ types, total: total.toString() }));
  await client.close();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
