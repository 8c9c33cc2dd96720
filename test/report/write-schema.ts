/** `npm run schema`: after a change to the document. */
import { writeFileSync } from "node:fs";
import { schemaTexts } from "./schema-of.ts";

for (const { file, text } of schemaTexts()) writeFileSync(file, text);
