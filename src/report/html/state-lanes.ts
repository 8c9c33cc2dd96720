/** The lanes of the CRM's start-up and of each trunk. */
import type { ReportDocument } from "../document.ts";
import { reasonName } from "../codes.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { overlaps, type Stretch } from "../spans.ts";
import type { Axis } from "./axis.ts";
import { drawLabel, LabelLine, reachOf } from "./label.ts";
import { bar, extentOn, groupHeight, heading, laneHeight, lookOf, type Lane } from "./lane.ts";
import { html } from "./markup.ts";

/** More lanes than these would not be looked at. */
const mostStages = 12;

export function stageLanes(
  { bootRuns, window }: ReportDocument,
  axis: Axis,
  { labels, stageResults, stageFault, duration, pair }: Catalogue,
): Lane[] {
  const names = [...new Set(bootRuns.flatMap(({ stages }) => stages.filter((tried) => overlaps(tried, window)).map(({ stage }) => stage)))];
  if (names.length === 0) return [];
  const marks: Lane = {
    ...heading(labels.pictureStartUp),
    draw: (y) => {
      const line = new LabelLine([], reachOf(labels.pictureStartUp));
      return [
        html`<line class="rule" x1="0" x2="100%" y1="${y + 4}" y2="${y + 4}" />`,
        ...bootRuns
          .filter(({ fromMs }) => fromMs >= window.fromMs)
          .map(({ run, fromMs }) => {
            const x = axis.x(fromMs);
            const label = line.add({ text: `${labels.run} ${run}`, of: [x, x], places: ["after", "before"], gap: 4 });
            return html`<line
                class="run"
                x1="${x}%"
                x2="${x}%"
                y1="${y + 8}"
                y2="${y + groupHeight + names.length * laneHeight}"
              />${drawLabel(label, y + 18)}`;
          }),
      ];
    },
  };
  const lanes = names.slice(0, mostStages).map((name): Lane => ({
    label: name,
    height: laneHeight,
    draw: (y) => {
      const ofRuns = bootRuns.map(({ run, stages }) => ({
        run,
        tries: stages.filter((tried) => tried.stage === name && overlaps(tried, window)),
      }));
      const line = new LabelLine(ofRuns.flatMap(({ tries }) => tries.map((tried) => extentOn(axis, tried))));
      return ofRuns.flatMap(({ run, tries }) => {
        const last = tries.at(-1);
        return [
          ...tries.map((tried) => {
            const look = tried.stalled && tried.result === "running" ? "doubtful" : lookOf("stage", tried.result);
            const result = wordOf(stageResults, tried.result) ?? tried.result;
            return bar(
              axis,
              tried,
              look,
              y + 4,
              11,
              pair(`${name} ${run}.${tried.attempt}`, `${result}, ${duration(tried.toMs - tried.fromMs)}`),
            );
          }),
          ...(last?.fault
            ? [drawLabel(line.add({ text: stageFault(last.fault), of: extentOn(axis, last), places: ["after", "before"] }), y + 13)]
            : []),
        ];
      });
    },
  }));
  return [marks, ...lanes];
}

export function trunkLanes({ trunks }: ReportDocument, axis: Axis, catalogue: Catalogue): Lane[] {
  const { labels, flowStates, registrationStates, breakerStates, routeOf, carrierOf, pair } = catalogue;
  const lane = (
    label: string,
    kind: string,
    words: Readonly<Record<string, string>>,
    spans: readonly (Stretch & { readonly state: string; readonly because?: string })[],
  ): Lane => ({
    label,
    height: laneHeight,
    draw: (y) =>
      spans.map((span) => {
        const look = lookOf(kind, span.state);
        const [top, height] = look === "idle" ? [y + 9, 1] : look === "well" ? [y + 7, 5] : [y + 4, 11];
        return bar(
          axis,
          span,
          look,
          top,
          height,
          pair(
            label,
            `${wordOf(words, span.state) ?? span.state}${span.because === undefined ? "" : ` (${reasonName(span.because, catalogue)})`}`,
          ),
        );
      }),
  });
  return trunks.flatMap(({ id, carrier, flow, registration, breakers }) => [
    heading(carrierOf(carrier, id)),
    lane(labels.connection, "flow", flowStates, flow),
    lane(labels.registration, "registration", registrationStates, registration),
    ...breakers.map(({ route, plane, spans }) => lane(pair(labels.breaker[plane], routeOf(route)), "breaker", breakerStates, spans)),
  ]);
}
