/**
 * Leaves the diagnosis out of every Linekeeper made after this module was imported. It reads the journal and decides
 * nothing; ten thousand diagnoses of the same outage would take as long as all else.
 */
import { registerHooks } from "node:module";

const noInsight = `
  export const createDiagnostician = () => ({ incidents: [], verdict: undefined, close() {} });
  export const buildReportSliced = () => { throw new Error("the herd has no reports"); };
  export const inTurns = () => { throw new Error("the herd has no reports"); };
`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith("/insight.ts")
      ? { url: `data:text/javascript,${encodeURIComponent(noInsight)}`, shortCircuit: true }
      : next(specifier, context),
});
