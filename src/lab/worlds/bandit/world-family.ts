import { createRandom } from "../../../numeric/random.ts";
import { type BanditWorldOptions, driftKinds } from "./bandit-options.ts";

/** Least and greatest value, drawn evenly on a logarithmic scale if `log` is true. */
interface Span {
  readonly low: number;
  readonly high: number;
  readonly log?: boolean;
}

/** From which worlds are drawn. */
export interface WorldFamily {
  readonly items: Span;
  readonly users: Span;
  readonly candidates: Span;
  readonly clickRate: Span;
  readonly misspecification: Span;
  readonly loggingSharpness: Span;
  readonly visitsPerCycle: Span;
}

/** The worlds that the meta-policy's prior is fitted to. */
export const trainingFamily: WorldFamily = {
  items: { low: 30, high: 80, log: true },
  users: { low: 100, high: 400, log: true },
  candidates: { low: 6, high: 14, log: true },
  clickRate: { low: 0.03, high: 0.3, log: true },
  misspecification: { low: 0, high: 1.2 },
  loggingSharpness: { low: 0.3, high: 2.5 },
  visitsPerCycle: { low: 120, high: 450, log: true },
};

/** Others, shifted in every range: larger, narrower logged, with less informative features. */
export const heldOutFamily: WorldFamily = {
  items: { low: 45, high: 110, log: true },
  users: { low: 200, high: 700, log: true },
  candidates: { low: 8, high: 18, log: true },
  clickRate: { low: 0.05, high: 0.4, log: true },
  misspecification: { low: 0.5, high: 1.6 },
  loggingSharpness: { low: 0.8, high: 3.5 },
  visitsPerCycle: { low: 200, high: 600, log: true },
};

export interface FamilyMember {
  readonly options: BanditWorldOptions;
  readonly visitsPerCycle: number;
}

/** The world of a seed; kinds of drift take turns. */
export function drawMember(family: WorldFamily, seed: number, cycles: number): FamilyMember {
  const random = createRandom(seed).split("world-family");
  const draw = ({ low, high, log = false }: Span) =>
    log ? low * (high / low) ** random.uniform() : low + (high - low) * random.uniform();
  const options = {
    seed,
    items: Math.round(draw(family.items)),
    users: Math.round(draw(family.users)),
    candidates: Math.round(draw(family.candidates)),
    clickRate: draw(family.clickRate),
    misspecification: draw(family.misspecification),
    loggingSharpness: draw(family.loggingSharpness),
    drift: driftKinds[seed % driftKinds.length] ?? "none",
    cycles,
  };
  return { options, visitsPerCycle: Math.round(draw(family.visitsPerCycle)) };
}
