#!/usr/bin/env node
/** The `linekeeper` command, for support teams. */
import { hostIo } from "./io.ts";
import { run } from "./program.ts";

// What could not be written has set it before.
void run(process.argv.slice(2), hostIo()).then((code) => (process.exitCode ??= code));
