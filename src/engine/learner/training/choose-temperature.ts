import type {
  MeanOverUsers,
  SlateQuality,
  TemperatureChoice,
  TemperaturePoint,
} from "../../../domain/first-slates.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { meanOverUsers } from "../../../evaluation/ranking/mean-over-users.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import { drawHitChance, effectiveChoices } from "../../../policy/slate-chances.ts";
import { addBoosts } from "../../rules/draw-rules.ts";
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
    const { target, rules } = one;
    const logits = addBoosts(one.logits, rules);
    const options = { slateSize, exploration, random: stream, rules };
    const served = drawHitChance({ logits, target }, options);
    return { sorted: one.sorted, served };
  });

const meanChoices = (cases: readonly SlateCase[], { scenario }: SlateOptions) =>
  meanOverUsers(
    cases.map(({ logits, rules }) =>
      effectiveChoices(addBoosts(logits, rules), scenario.exploration),
    ),
  );

/** @throws RangeError for fewer than two cases */
export function measureSlates(cases: readonly SlateCase[], options: SlateOptions): SlateQuality {
  const hits = serve(cases, options);
  return {
    sorted: meanOverUsers(hits.map(({ sorted }) => sorted)),
    served: meanOverUsers(hits.map(({ served }) => served)),
    effectiveChoices: meanChoices(cases, options).mean,
  };
}

interface Tried {
  readonly point: TemperaturePoint;
  readonly choices: MeanOverUsers;
}

function tryTemperature(
  cases: readonly SlateCase[],
  temperature: number,
  options: SlateOptions,
): Tried {
  const divided = cases.map((one) => ({
    ...one,
    logits: one.logits.map((logit) => logit / temperature),
  }));
  const hits = serve(divided, options);
  const surplus = meanOverUsers(hits.map(({ sorted, served }) => served - keptShare * sorted));
  const choices = meanChoices(divided, options);
  const served = meanOverUsers(hits.map((hit) => hit.served)).mean;
  return { point: { temperature, served, effectiveChoices: choices.mean, surplus }, choices };
}

/** Whether served slates keep 0.9 of the sorted hit rate. */
export const keepsHits = ({ surplus }: TemperaturePoint): boolean => surplus.mean >= 0;

/** The users who choose are a sample: of such choices one in forty keeps less than the share for all. */
const hitDeviations = 2;

const isCertain = ({ point: { surplus } }: Tried) =>
  surplus.mean >= hitDeviations * surplus.standardError;

/**
 * The policy temperature τ, by which log-odds are divided before a slate is drawn. It is the
 * largest of 1, 0.9, 0.81, … at which served slates keep 0.9 of the sorted hit rate by two standard
 * errors and at least `leastChoices` remain by one. It is above 1 only if fewer remain at 1.
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
  const isSpread = ({ choices }: Tried) => choices.mean - choices.standardError >= least;
  let last = tryTemperature(cases, 1, options);
  const tried = [last];
  const sharpens = isSpread(last);
  const factor = sharpens ? step : 1 / step;
  const isOpen = () => isSpread(last) === sharpens && !(sharpens && isCertain(last));
  while (isOpen() && tried.length < mostTried) {
    last = tryTemperature(cases, factor ** tried.length, options);
    tried.push(last);
  }
  const sorted = meanOverUsers(cases.map((one) => one.sorted)).mean;
  const { point: chosen } = tried.findLast(isSpread) ?? last;
  return { users: cases.length, sorted, chosen, curve: tried.map(({ point }) => point) };
}
