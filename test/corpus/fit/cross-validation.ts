/** How good weights are on kinds of fault that they were not fitted to. */
import { faultDomains, type FaultDomain } from "../../../src/diagnosis/model.ts";
import { fit, type Example, type Weights } from "./fitter.ts";
import { judged, present, truthOf, type Moment } from "./moments.ts";
import { bounds, rounded } from "./table.ts";

export interface Rating {
  /** Mean of −ln p(truth), each kind with the same share. */
  readonly logLoss: number;
  /** |confidence − accuracy| of the leader, in tenths. */
  readonly ece: number;
  readonly accuracy: number;
  /** Moments at which a carrier had more than 0.8 for the CRM's fault, or the CRM for a carrier's. */
  readonly crossBlame: number;
}

const folds = 6;

/** A kind is wholly in one fold: the shifts of one kind are much alike. */
export function crossValidate(moments: readonly Moment[], examples: readonly Example[], penalty: number): Rating {
  const kinds = [...new Set(moments.map(({ kind }) => kind))];
  const foldOf = ({ kind }: Moment) => kinds.indexOf(kind) % folds;
  const fitted = Array.from({ length: folds }, (_, fold) => {
    const seen = examples.filter((__, index) => foldOf(moments[index] as Moment) !== fold);
    return fit(seen, present, penalty, bounds, rounded);
  });
  return rate(moments, (moment) => fitted[foldOf(moment)] as Weights);
}

const isCarriers = (domain: FaultDomain) => domain.startsWith("carrier-");
const isCrms = (domain: FaultDomain) => domain === "crm-init" || domain === "crm-config";

/** @param weightsFor those to judge this moment by. */
export function rate(moments: readonly Moment[], weightsFor: (moment: Moment) => Weights): Rating {
  const each = moments.map((moment) => {
    const probabilities = judged(moment, weightsFor(moment));
    const truth = truthOf(moment);
    const sum = (is: (domain: FaultDomain, index: number) => boolean) =>
      probabilities.reduce((total, share, index) => total + (is(faultDomains[index] as FaultDomain, index) ? share : 0), 0);
    const confidence = Math.max(...probabilities);
    const [byCarrier, byCrm] = [moment.truth.some(isCarriers), moment.truth.some(isCrms)];
    return {
      kind: moment.kind,
      loss: -Math.log(sum((_, index) => truth.includes(index))),
      confidence,
      isRight: truth.includes(probabilities.indexOf(confidence)),
      isCrossed: byCarrier !== byCrm && sum(byCrm ? isCarriers : isCrms) > 0.8,
    };
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const kinds = [...new Set(each.map(({ kind }) => kind))];
  const tenths = Array.from({ length: 10 }, (_, index) => each.filter(({ confidence }) => Math.ceil(confidence * 10) - 1 === index));
  return {
    logLoss: mean(kinds.map((kind) => mean(each.filter((one) => one.kind === kind).map(({ loss }) => loss)))),
    ece: tenths.reduce(
      (sum, those) =>
        sum +
        (those.length / each.length) *
          Math.abs(mean(those.map(({ confidence }) => confidence)) - mean(those.map(({ isRight }) => Number(isRight)))),
      0,
    ),
    accuracy: mean(each.map(({ isRight }) => Number(isRight))),
    crossBlame: each.filter(({ isCrossed }) => isCrossed).length,
  };
}
