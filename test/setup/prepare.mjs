/**
 * npm's `prepare`, which it runs for two reasons. What is being packed, as it is for whoever depends on the git repository, needs `dist`;
 * who has only installed what building takes waits for no build.
 */
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";

// npm says what it packs, and of a mere install nothing. `npm pack` has run `prepack` by then, which yarn and pnpm run for git too.
const isPacked = process.env.npm_package_resolved !== undefined;
if (isPacked && !existsSync("dist")) execSync("npm run build", { stdio: "inherit" });
