// The API's types from its OpenAPI document: node scripts/types.mjs build/openapi.json src/api/schema.gen.ts [--check]
// What is the same in every answer (headers, refusals) is left out: a third of the size.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const [source, target, flag] = process.argv.slice(2);
const document = JSON.parse(readFileSync(source, "utf8"));
for (const operations of Object.values(document.paths)) {
  for (const operation of Object.values(operations)) {
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      delete answer.headers;
      if (!status.startsWith("2")) delete operation.responses[status];
    }
    if (operation.responses)
      operation.responses.default = {
        description: "A problem",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      };
  }
}
const made = `// Made of the OpenAPI document by \`make web-types\`. Not to be edited.\n${astToString(
  await openapiTS(document, { rootTypes: true, rootTypesNoSchemaPrefix: true, defaultNonNullable: false }),
)}`;
if (flag === "--check") {
  if (readFileSync(target, "utf8") !== made) {
    console.error(`${target} is behind the API. Run: make web-types`);
    process.exit(1);
  }
} else writeFileSync(target, made);
