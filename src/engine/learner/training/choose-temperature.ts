import type {
  SlateQuality,
  TemperatureChoice,
  TemperaturePoint,
} from "../../../domain/first-slates.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { meanOverUsers } from "../../../evaluation/ranking/mean-over-users.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import { drawHitChance, effectiveChoices } from "../../../policy/slate-chances.ts";
import type { SlateCase } from "./slate-cases.ts";

/** Share of the sorted hit rate that served slates are to keep. */
const keptShare = 0.9;
/** Mean effective choices that must remain; half of the candidates if they are fewer than twenty. */
export const leastChoices = 10;
const step = 0.9;
/** Down to 0.016, up to 61. */
const mostTried = 40;

interface SlateOptions {
  readonly scenario: Pick<Scenario, "slateSize" | "exploration">;
  readonly random: RandomStream;
}

interface Hits {
  readonly sorted: number;
  readonly served: number;
}

/** The same numbers are drawn at every temperature. */
const serve = (
  cases: readonly SlateCase[],
  { scenario: { slateSize, exploration }, random }: SlateOptions,
): readonly Hits[] =>
  cases.map((one, index) => {
    const stream = random.split(`slate/${index}`);
    const served = drawHitChance(one, { slateSize, exploration, random: stream });
    return { sorted: one.sorted, served };
  });

const meanChoices = (cases: readonly SlateCase[], { scenario }: SlateOptions): number =>
  cases.reduce((sum, { logits }) => sum + effectiveChoices(logits, scenario.exploration), 0) /
  cases.length;

/** @throws RangeError for fewer than two cases */
export function measureSlates(cases: readonly SlateCase[], options: SlateOptions): SlateQuality {
  const hits = serve(cases, options);
  return {
    sorted: meanOverUsers(hits.map(({ sorted }) => sorted)),
    served: meanOverUsers(hits.map(({ served }) => served)),
    effectiveChoices: meanChoices(cases, options),
  };
}

function tryTemperature(
  cases: readonly SlateCase[],
  temperature: number,
  options: SlateOptions,
): TemperaturePoint {
  const divided = cases.map((one) => ({
    ...one,
    logits: one.logits.map((logit) => logit / temperature),
  }));
  const hits = serve(divided, options);
  const surplus = meanOverUsers(hits.map(({ sorted, served }) => served - keptShare * sorted));
  return {
    temperature,
    served: meanOverUsers(hits.map(({ served }) => served)).mean,
    effectiveChoices: meanChoices(divided, options),
    surplus,
  };
}

/** Whether served slates keep 0.9 of the sorted hit rate. */
export const keepsHits = ({ surplus }: TemperaturePoint): boolean => surplus.mean >= 0;

/** By one standard error. */
const isCertain = ({ surplus }: TemperaturePoint) => surplus.mean >= surplus.standardError;

/**
 * The policy temperature τ, by which log-odds are divided before a slate is drawn. It is the
 * largest of 1, 0.9, 0.81, … at which served slates keep 0.9 of the sorted hit rate by one standard
 * error, and at least `leastChoices` remain. It is above 1 only if fewer remain at 1.
 *
 * @param cases of any policy, at temperature 1
 * @throws RangeError for fewer than two cases
 */
export function chooseTemperature(
  cases: readonly SlateCase[],
  options: SlateOptions,
): TemperatureChoice {
  const candidates = cases.reduce((sum, { logits }) => sum + logits.length, 0) / cases.length;
  const least = Math.min(leastChoices, candidates / 2);
  const isSpread = (point: TemperaturePoint) => point.effectiveChoices >= least;
  let last = tryTemperature(cases, 1, options);
  const curve = [last];
  const sharpens = isSpread(last);
  const factor = sharpens ? step : 1 / step;
  const isOpen = () => isSpread(last) === sharpens && !(sharpens && isCertain(last));
  while (isOpen() && curve.length < mostTried) {
    last = tryTemperature(cases, factor ** curve.length, options);
    curve.push(last);
  }
  const sorted = meanOverUsers(cases.map((one) => one.sorted)).mean;
  return { users: cases.length, sorted, chosen: curve.findLast(isSpread) ?? last, curve };
}
