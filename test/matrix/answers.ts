/** What carrier A may answer: the codes and causes of `docs/fault-matrix.md`, and what each of them is taken for. */
import type { Refusal } from "../../adapters/mock-trunk/response.ts";
import { answer } from "./faults.ts";
import { cellOf, tableOf } from "./page.ts";
import type { Row } from "./play.ts";

export const kinds = tableOf("answer");
const codes = tableOf("code").rows;
const causes = tableOf("Reason: Q.850;cause=").rows;

interface Answer {
  readonly name: string;
  readonly refusal: Refusal;
  readonly kind: string;
}

/** `603 Network Blocked` → the code, and the text of the status line. */
function codeOf(text: string): Refusal {
  const [code, ...phrase] = text.split(" ");
  return { code: Number(code), ...(phrase.length > 0 && { phrase: phrase.join(" ") }) };
}

/** `21;location=U` → the cause, and where it arose. */
function causeOf(text: string): Pick<Refusal, "q850" | "location"> {
  const [q850, location] = text.split(";location=");
  return { q850: Number(q850), ...(location && { location }) };
}

const alone: readonly Answer[] = codes.map(([code = "", kind = ""]) => ({ name: code, refusal: codeOf(code), kind }));
const withHeader: readonly Answer[] = [
  ...codes.map(([code = "", , kind = ""]) => ({
    name: `${code}, Retry-After`,
    refusal: { ...codeOf(code), retryAfterS: 30 },
    kind,
  })),
  ...causes.map(([cause = "", code = "", kind = ""]) => ({
    name: `${code}, cause ${cause}`,
    refusal: { ...codeOf(code), ...causeOf(cause) },
    kind,
  })),
];

/** What an answer should be taken for, and what it is taken for today if that is another. */
function kindOf(text: string): { readonly expected: string; readonly debt?: string } {
  const { expected, debt } = cellOf(text) ?? { expected: text };
  return { expected, ...(debt !== undefined && { debt }) };
}

/** The cells of a kind, with what happens instead where it is taken for another. */
function cellsOf(text: string): readonly string[] {
  const { expected, debt } = kindOf(text);
  const [should = [], does = []] = [expected, debt ?? expected].map((kind) => kinds.rows.find(([name]) => name === kind)?.slice(1));
  return should.map((cell, place) => (cell === does[place] ? cell : `${cell} ✗ today: ${does[place]}`));
}

const waiting = ["INVITE sent", "after 100", "after 18x", "after 183 with SDP"];

/** The rows of a kind. */
export function rowsOf(kind: string): readonly Row[] {
  const ofKind = (answers: readonly Answer[]) => answers.filter((each) => kindOf(each.kind).expected === kind);
  // Half a fault opens the breaker only at the second failure that counts: the fourth call.
  const calls = kind.startsWith("half a fault") ? 4 : 2;
  const row = ({ name, refusal, kind: said }: Answer): Row => ({ name, fault: answer(refusal, calls), cells: cellsOf(said) });
  return [
    ...ofKind(alone).map(row),
    ...ofKind(withHeader).map((each, place) => ({ ...row(each), isWanted: (moment: string) => place === 0 || waiting.includes(moment) })),
  ];
}

/** All kinds that the page's codes and causes are said to be of. */
export const usedKinds = [...alone, ...withHeader].flatMap(({ kind }) => Object.values(kindOf(kind)));
