/** `npm run schema`: after a change to the document. */
import { writeFileSync } from "node:fs";
import { schemaFile, schemaText } from "./schema-of.ts";

writeFileSync(schemaFile, schemaText());
