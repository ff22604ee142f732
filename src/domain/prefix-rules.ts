import { type CapCounter, createCapCounter, noCaps, type SlateCaps } from "./slate-caps.ts";
import { createSpread, type SlateDiversity, type Spread } from "./slate-diversity.ts";

/** Rules by which the items above change the chances of those below, whatever the policy. */
export interface PrefixRules {
  readonly caps?: SlateCaps;
  readonly diversity?: SlateDiversity;
}

/** The items of a slate so far, and the effect that they have on the candidates. */
export interface SlatePrefix extends CapCounter {
  /** Absent without diversity. */
  readonly spread?: Pick<Spread, "start" | "unexplained" | "power">;
}

/** An empty slate. @param candidates their number */
export function createPrefix({ caps, diversity }: PrefixRules, candidates: number): SlatePrefix {
  const counter = createCapCounter(caps ?? noCaps(candidates));
  if (diversity === undefined) return counter;
  const spread = createSpread(diversity);
  return {
    closed: counter.closed,
    spread,
    take: (candidate) => {
      counter.take(candidate);
      spread.take(candidate);
    },
    clear: () => {
      counter.clear();
      spread.clear();
    },
  };
}
