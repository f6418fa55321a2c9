// Writes src/Integration.Core/Mapping/Hl7v2/Hl7Tables.txt: which segments, fields, datatypes and components HL7 v2.1 to v2.8 have.
//
//   npm pack hl7-dictionary && tar xzf hl7-dictionary-*.tgz          (v2.1 to v2.7.1, MIT)
//   node tools/hl7-tables/generate.mjs package ../shared/data/v2-to-fhir src/Integration.Core/Mapping/Hl7v2/Hl7Tables.txt
//
// Facts only, no descriptions. A field carries every datatype it had in any version, newest first, and * when it repeats in any.
import { createRequire } from 'node:module';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [dictionaryFolder, guideFolder, target] = process.argv.slice(2);
const { definitions } = createRequire(import.meta.url)(resolve(dictionaryFolder, 'lib/index.js'));
const versions = Object.keys(definitions).reverse();
const kinds = { S: new Map(), D: new Map() };

// CM_PAT_ID and its like are version 2.2's names for an unnamed composite.
const plainType = type => (type ?? '').trim().replace(/^CM_.*/, 'CM').replace(/^\*$/, 'varies');

function add(kind, name, position, type, repeats) {
  const owner = kinds[kind].get(name) ?? new Map();
  kinds[kind].set(name, owner);
  const part = owner.get(position) ?? { types: [], repeats: false };
  owner.set(position, part);
  if (type && !part.types.includes(type)) part.types.push(type);
  part.repeats ||= repeats;
}

function readDictionary() {
  for (const version of versions) {
    const { segments, fields } = definitions[version];
    for (const [name, segment] of Object.entries(segments)) {
      if (!/^[A-Z][A-Z0-9]{2}$/.test(name)) continue;
      segment.fields.forEach((field, i) => add('S', name, i + 1, plainType(field.datatype), field.rep !== 1));
    }
    for (const [name, datatype] of Object.entries(fields)) {
      if (!/^[A-Z][A-Z0-9]{1,2}$/.test(name)) continue;
      (datatype.subfields ?? []).forEach((part, i) => add('D', name, i + 1, plainType(part.datatype), false));
    }
  }
}

function* csvRows(text) {
  let row = [], cell = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') { cell += '"'; i++; }
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') { row.push(cell); cell = ''; }
    else if (c === '\n') { row.push(cell); yield row; row = []; cell = ''; }
    else if (c !== '\r') cell += c;
  }
  if (cell || row.length) { row.push(cell); yield row; }
}

// The guide adds what came after v2.7.1: later fields, PRT, ARV and the like.
function readGuide(folder, kind, pattern) {
  for (const file of readdirSync(join(guideFolder, folder)).filter(f => f.endsWith('.csv'))) {
    for (const row of csvRows(readFileSync(join(guideFolder, folder, file), 'utf8'))) {
      const match = pattern.exec((row[1] ?? '').trim());
      const type = plainType(row[3]);
      if (match && /^[A-Z]{2,3}$|^varies$/.test(type)) add(kind, match[1], Number(match[2]), type, !['', '0', '1'].includes((row[5] ?? '').trim()));
    }
  }
}

readDictionary();
readGuide('segments', 'S', /^([A-Z][A-Z0-9]{2})-(\d+)$/);
readGuide('datatypes', 'D', /^([A-Z]{2,3})\.(\d+)$/);
// OBX-5 is whatever OBX-2 says; the dictionary calls it ST.
kinds.S.get('OBX').get(5).types = ['varies'];

const lines = [];
for (const [kind, owners] of Object.entries(kinds)) {
  for (const name of [...owners.keys()].sort()) {
    const parts = [...owners.get(name)].sort((a, b) => a[0] - b[0])
      .map(([position, part]) => `${position}:${part.types.join(',') || 'ST'}${part.repeats ? '*' : ''}`);
    lines.push([kind, name, ...parts].join(' '));
  }
}
writeFileSync(target, lines.join('\n') + '\n');
