import type { ExplanationBody, TermName } from "../../src/contract/explanation.ts";
import { formatCount, formatFixed, formatPercent } from "./format.ts";

/** The items of a slate in words, position 0 first. */
export interface ItemRow {
  readonly itemId: string;
  readonly probability: string;
  /** Place by score among the candidates, or the rule that held the position. */
  readonly place: string;
  /** Chance that exploration chose it. */
  readonly explored: string;
  readonly score: string;
  /** In the order of the columns. */
  readonly terms: readonly string[];
  /** Past events that raised it. */
  readonly raisedBy: string;
}

/** A past event. */
export interface PastEventRow {
  /** Place in the history. */
  readonly event: number;
  readonly name: string;
  readonly occurredAt: string;
  /** In [0, 1]; absent without an encoder. */
  readonly attention?: number;
  /** Share of the choices that would have been others without it; empty if it was not left out. */
  readonly shift: string;
  /** One of those that moved the slate most. */
  readonly hasMoved: boolean;
}

/** Columns of a table of items. */
export interface TermColumn {
  readonly name: TermName;
  readonly title: string;
}

const titles: Readonly<Record<TermName, string>> = {
  popularity: "popularity",
  encoder: "encoder",
  chain: "chain",
  head: "head",
  fastLoop: "fast loop",
  fastLoopDraw: "its draw",
  boost: "boost",
  diversity: "diversity",
};

const mostEvents = 8;

const signed = (value: number) =>
  `${value > 0 && formatFixed(value, 2) !== "0.00" ? "+" : ""}${formatFixed(value, 2)}`;

type History = ExplanationBody["history"];

const nameOf = (history: History, event: number) => {
  const found = history[event];
  return found === undefined ? "" : `${found.type} ${found.itemId}`;
};

/** Terms that a slate's scores have. */
export const termColumns = ({ slate }: ExplanationBody): readonly TermColumn[] =>
  (Object.keys(titles) as TermName[])
    .filter((name) => slate.some(({ terms }) => terms[name] !== undefined))
    .map((name) => ({ name, title: titles[name] }));

function placeOf({ pinned, rank, open }: ExplanationBody["slate"][number]): string {
  if (pinned || rank === undefined || open === undefined) return "pinned by a rule";
  return `${formatCount(rank)} of ${formatCount(open)}`;
}

export const itemRows = (explanation: ExplanationBody): readonly ItemRow[] =>
  explanation.slate.map((item) => ({
    itemId: item.itemId,
    probability: formatPercent(item.propensity),
    place: placeOf(item),
    explored: formatPercent(item.explored),
    score: signed(item.score),
    terms: termColumns(explanation).map(({ name }) => {
      const value = item.terms[name];
      return value === undefined ? "" : signed(value);
    }),
    raisedBy: item.raisedBy.map(({ event }) => nameOf(explanation.history, event)).join(", "),
  }));

/** The events that moved the slate, then the others with most attention or, without an encoder, those that moved it less; at most eight. */
export function eventRows({ history, movedBy }: ExplanationBody): readonly PastEventRow[] {
  const moved = new Set(movedBy.events);
  const weightOf = (event: number) => history[event]?.attention ?? history[event]?.shift ?? 0;
  const rest = [...history.keys()]
    .filter((event) => !moved.has(event))
    .sort((left, right) => weightOf(right) - weightOf(left));
  return [...moved, ...rest].slice(0, mostEvents).flatMap((event) => {
    const found = history[event];
    if (found === undefined) return [];
    const { attention, shift, occurredAt } = found;
    return [
      {
        event,
        name: nameOf(history, event),
        occurredAt,
        hasMoved: moved.has(event),
        ...(attention !== undefined && { attention }),
        shift: shift === undefined ? "" : formatPercent(shift),
      },
    ];
  });
}

/** Why other items were no candidates, in a sentence; undefined if the request sent the candidates. */
export function leftOutLine({ leftOut, candidates }: ExplanationBody): string | undefined {
  if (leftOut === undefined) return undefined;
  const parts = [
    [leftOut.byRules, "by rules"],
    [leftOut.seen, "seen, turned down or shown too often"],
    [leftOut.notRetrieved, "not retrieved"],
  ] as const;
  const out = parts.filter(([count]) => count > 0);
  const why = out.map(([count, reason]) => `${formatCount(count)} ${reason}`).join(", ");
  const all = `${formatCount(candidates)} of ${formatCount(leftOut.available)} items were candidates`;
  return out.length === 0 ? all : `${all}; left out: ${why}`;
}
