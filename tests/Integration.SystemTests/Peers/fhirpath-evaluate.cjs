// Evaluates FHIRPath with the npm package fhirpath and its R4 model. Standard input: first a JSON array of resources, then one
// {"resource": index, "expression": text} a line. Prints one JSON array of results, or {"error": text}, a line.
const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');
const { ResourceNode } = require('fhirpath/src/types');

const typeIn = /(?:^|\/)([A-Z][A-Za-z]+)(?:\/[A-Za-z0-9\-.]+(?:\/_history\/[A-Za-z0-9\-.]+)?|\?.*)$/;

// The package asks a server for what a reference names; here is none. What is in the Bundle or contained is looked up, of the rest the type
// that the reference names is all that is known.
function resolve(root, node) {
  const data = node.data ?? node;
  const url = typeof data === 'string' ? data : data.reference;
  const nodeOf = (resource) => ResourceNode.makeResNode(resource, null, resource.resourceType, null, null, model);
  if (url?.startsWith('#')) {
    return (url === '#' ? [root] : (root.contained ?? []).filter((r) => r.id === url.slice(1))).map(nodeOf);
  }
  for (const entry of root.resourceType === 'Bundle' ? root.entry ?? [] : []) {
    if (entry.resource && url && (entry.fullUrl === url || `${entry.resource.resourceType}/${entry.resource.id}` === url)) {
      return [nodeOf(entry.resource)];
    }
  }
  const type = typeIn.exec(url ?? '')?.[1] ?? (typeof data === 'string' ? undefined : data.type);
  return type && model.type2Parent[type] ? [nodeOf({ resourceType: type })] : [];
}

let resources;
const lines = require('readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const given = JSON.parse(line);
  if (!resources) {
    resources = given;
    return;
  }
  const root = resources[given.resource];
  try {
    const result = fhirpath.evaluate(root, given.expression, { resource: root, rootResource: root }, model, {
      traceFn: () => {},
      userInvocationTable: { resolve: { fn: (nodes) => nodes.flatMap((node) => resolve(root, node)), arity: { 0: [] } } },
    });
    console.log(JSON.stringify(result));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error).slice(0, 200) }));
  }
});
