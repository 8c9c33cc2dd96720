/** One contender's drill, beside the others. */
import "./without-diagnosis.ts";
import { parentPort, workerData } from "node:worker_threads";
import type { Drill } from "./drill.ts";
import type { Figures } from "./figures.ts";

export interface Task {
  readonly id: string;
  readonly drill: Drill;
}

export type Report = { readonly share: number } | { readonly figures: Figures };

const { id, drill } = workerData as Task;
const tell = (report: Report) => parentPort?.postMessage(report);
// Loaded only now, so that what is left out is left out.
const [{ contenders }, { runDrill }, { figuresOf }] = await Promise.all([
  import("./contenders.ts"),
  import("./drill.ts"),
  import("./figures.ts"),
]);
const contender = contenders.find((each) => each.id === id);
if (!contender) throw new Error(`no contender ${id}`);
const course = await runDrill(
  drill,
  (ports) => contender.create(ports, drill),
  (share) => tell({ share }),
);
tell({ figures: figuresOf(id, course) });
