// fhir-kit-client as a reader of the facade. Arguments: base address, key, a family name. One line of JSON: what it read.
const path = require('path');
const { pathToFileURL } = require('url');

async function main() {
  const [baseUrl, key, family] = process.argv.slice(2);
  const { default: Default, Client = Default } = await import(
    pathToFileURL(path.join(process.env.NODE_PATH, 'fhir-kit-client', 'dist', 'index.js')));
  const client = new Client({ baseUrl, customHeaders: { 'X-Api-Key': key } });
  const statement = await client.capabilityStatement();
  const types = statement.rest[0].resource.filter(r => r.interaction.some(i => i.code === 'search-type')).map(r => r.type);

  const resources = {};
  for (const type of types) {
    let bundle = await client.search({ resourceType: type, searchParams: { _count: 30 } });
    while (bundle) {
      for (const entry of bundle.entry ?? []) resources[`${entry.resource.resourceType}/${entry.resource.id}`] = entry.resource;
      bundle = bundle.link.some(l => l.relation === 'next') ? await client.nextPage({ bundle }) : undefined;
    }
  }

  const found = await client.search({ resourceType: 'Patient', searchParams: { family }, options: { postSearch: true } });
  const patient = found.entry[0].resource;
  const read = await client.read({ resourceType: 'Patient', id: patient.id });
  const version = await client.vread({ resourceType: 'Patient', id: patient.id, version: read.meta.versionId });
  const history = await client.history({ resourceType: 'Patient', id: patient.id });
  const everything = await client.operation({ name: 'everything', resourceType: 'Patient', id: patient.id, method: 'GET' });
  const status = await client.read({ resourceType: 'Patient', id: 'nobody' }).then(() => 200, error => error.response.status);
  console.log(JSON.stringify({
    types, resources, found: found.entry.map(e => e.resource.name[0].family), same: JSON.stringify(read) === JSON.stringify(version),
    versions: history.entry.length, everything: everything.entry.length, status,
  }));
}

main().catch(error => { console.error(error); process.exit(1); });
