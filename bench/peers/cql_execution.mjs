// Which four answers does cql-execution give about every patient of an export (Task A)?
//
// Run by bench/population_peers.py in the folder that holds the packages:
//   cql_execution.mjs compile CQL ELM               the library of the bench into ELM, once
//   cql_execution.mjs run EXPORT ANSWERS DAY ELM    the answers, a hundred patients at a time

import { createRequire } from "node:module";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const NAMES = ["Latest ALT", "Latest TG", "Negative hCG in 7 Days", "Days since Dispense"];
const TYPES = /^(Patient|Observation|MedicationDispense)\./;
const TOGETHER = 100;

// The types of the CQL language itself, which the compiler asks for as a model and no package brings.
function systemModel() {
  const simple = ["Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time"];
  const classes = {
    Quantity: { value: "Decimal", unit: "String" },
    Ratio: { numerator: "Quantity", denominator: "Quantity" },
    Code: { code: "String", system: "String", version: "String", display: "String" },
    Vocabulary: { id: "String", version: "String" },
  };
  const type = (sort, name, base, inside = "") =>
    `<typeInfo xsi:type="${sort}" name="System.${name}"${base ? ` baseType="System.${base}"` : ""}>${inside}</typeInfo>`;
  const element = ([name, of]) => `<element name="${name}" type="System.${of}"/>`;
  const codes = '<element name="codes"><typeSpecifier xsi:type="ListTypeSpecifier" elementType="System.Code"/></element>';
  return [
    '<modelInfo xmlns="urn:hl7-org:elm-modelinfo:r1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    ' name="System" version="1.0.0" url="urn:hl7-org:elm-types:r1" targetQualifier="system">',
    type("SimpleTypeInfo", "Any"),
    ...simple.map((name) => type("SimpleTypeInfo", name, "Any")),
    ...Object.entries(classes).map(([name, of]) =>
      type("ClassInfo", name, "Any", Object.entries(of).map(element).join(""))),
    type("ClassInfo", "Concept", "Any", codes + element(["display", "String"])),
    type("ClassInfo", "ValueSet", "Vocabulary"),
    type("ClassInfo", "CodeSystem", "Vocabulary"),
    "</modelInfo>",
  ].join("");
}

async function compile(cqlFile, elmFile) {
  const { CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, stringAsSource } =
    await import(join(process.cwd(), "node_modules/@cqframework/cql/cql-to-elm.mjs"));
  const fhir = join(process.cwd(), "node_modules/cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml");
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(createModelInfoProvider((name) =>
    name === "System" ? stringAsSource(systemModel())
      : name === "FHIR" ? stringAsSource(readFileSync(fhir, "utf8")) : null));
  const compiled = CqlTranslator.fromText(readFileSync(cqlFile, "utf8"), new LibraryManager(models)).toJson();
  const faults = JSON.parse(compiled).library.annotation.filter((each) => each.errorSeverity === "error");
  if (faults.length) {
    throw new Error(faults.map((each) => `${cqlFile}:${each.startLine}: ${each.message}`).join("\n"));
  }
  writeFileSync(elmFile, compiled);
}

function bundles(dir) {
  const whose = new Map();
  for (const name of readdirSync(dir).filter((each) => TYPES.test(each))) {
    for (const line of readFileSync(join(dir, name), "utf8").split("\n")) {
      if (!line) continue;
      const resource = JSON.parse(line);
      const patient = resource.resourceType === "Patient" ? resource.id : resource.subject.reference.slice(8);
      if (!whose.has(patient)) whose.set(patient, []);
      whose.get(patient).push({ resource });
    }
  }
  return [...whose.values()].map((entry) => ({ resourceType: "Bundle", type: "collection", entry }));
}

async function run(dir, out, day, elmFile) {
  const cql = require("cql-execution");
  const source = require("cql-exec-fhir").PatientSource.FHIRv401();
  const library = new cql.Library(JSON.parse(readFileSync(elmFile, "utf8")));
  const given = { "Index Date": cql.Date.parse(day) };
  const all = bundles(dir);
  const lines = [];
  for (let at = 0; at < all.length; at += TOGETHER) {
    source.reset();
    source.loadBundles(all.slice(at, at + TOGETHER));
    const { patientResults } = await new cql.Executor(library, null, given).exec(source);
    for (const [patient, found] of Object.entries(patientResults)) {
      lines.push(JSON.stringify([patient, ...NAMES.map((name) => found[name])]));
    }
  }
  writeFileSync(out, lines.join("\n") + "\n");
}

const [what, ...given] = process.argv.slice(2);
await { compile, run }[what](...given);
