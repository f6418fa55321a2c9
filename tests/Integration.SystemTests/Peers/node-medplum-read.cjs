// @medplum/core as a reader of the facade. Arguments: base address without /fhir, key, a family name. One line of JSON: what it read.
const { MedplumClient, OperationOutcomeError } = require('@medplum/core');

async function main() {
  const [baseUrl, key, family] = process.argv.slice(2);
  const client = new MedplumClient({ baseUrl: `${baseUrl}/`, fhirUrlPath: 'fhir', fetch, defaultHeaders: { 'X-Api-Key': key } });
  const patient = await client.searchOne('Patient', { family });
  const observations = [];
  for await (const page of client.searchResourcePages('Observation', { patient: patient.id, _sort: '-date', _count: '5' })) {
    observations.push(...page.map(o => o.id));
  }

  const chained = await client.searchResources('Observation', { 'patient.family': family, _count: '500' });
  const included = await client.search('Observation', { patient: patient.id, _include: 'Observation:patient', _count: '1' });
  const history = await client.readHistory('Patient', patient.id);
  const everything = await client.readPatientEverything(patient.id);
  const missing = await client.readResource('Patient', 'nobody').then(() => 'found', e => e instanceof OperationOutcomeError ? e.outcome.issue[0].code : String(e));
  console.log(JSON.stringify({
    family: patient.name[0].family, observations, chained: chained.map(o => o.id), modes: included.entry.map(e => e.search.mode),
    versions: history.entry.length, everything: everything.entry.length, missing,
  }));
}

main().catch(error => { console.error(error); process.exit(1); });
