import type { BanditVisits } from "../../domain/bandit-world.ts";
import type { Arm } from "../../domain/decision.ts";
import type { JudgedRow } from "../../mpo/judged-row.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { drawIndex } from "../../policy/slate.ts";
import type { Offer } from "../linear/bilinear.ts";

/** A visit as arrays, with the logged choice: the counterpart of the product's feedback row. */
export interface CompactRow extends Offer, JudgedRow {}

/** The policy that a loop serves a visit with. */
export interface Serving {
  /** Distribution over the candidates, exploration included. */
  readonly probabilities: Float64Array;
  readonly arm: Arm;
  /** ε within the distribution. */
  readonly exploration: number;
  /** It is not the arm's policy alone: the fast loop had a part in it. */
  readonly isForeign?: boolean;
}

export interface PlayedVisits {
  readonly rows: readonly CompactRow[];
  /** True click probability of each visit under the served policy. */
  readonly rewards: readonly number[];
}

/** Serves the visits, draws choices and clicks, and values the served policy by the truth. */
export function playVisits(options: {
  readonly visits: BanditVisits;
  readonly truth: (user: number, item: number) => number;
  readonly serve: (offer: Offer) => Serving;
  readonly observe?: ((row: CompactRow) => void) | undefined;
  /** A row's candidates as the judge names them, by item number. */
  readonly names: readonly { readonly itemId: string }[];
  readonly random: RandomStream;
}): PlayedVisits {
  const { visits, truth, serve, observe, names, random } = options;
  const rewards: number[] = [];
  const rows = Array.from(visits.users, (user, visit) => {
    const items = visits.candidates.subarray(visit * visits.width, (visit + 1) * visits.width);
    const { probabilities, ...served } = serve({ user, items });
    const action = drawIndex(probabilities, random.uniform());
    let expected = 0;
    let chosen = 0;
    for (const [index, item] of items.entries()) {
      const click = truth(user, item);
      expected += (probabilities[index] ?? 0) * click;
      if (index === action) chosen = click;
    }
    rewards.push(expected);
    const row = {
      user,
      items,
      candidates: Array.from(items, (item) => names[item] ?? { itemId: "" }),
      action,
      position: 0,
      propensity: probabilities[action] ?? 0,
      reward: (visits.moods[visit] ?? 1) < chosen ? 1 : 0,
      ...served,
    };
    observe?.(row);
    return row;
  });
  return { rows, rewards };
}
