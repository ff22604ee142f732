import type { MeanOverUsers } from "../../../domain/first-slates.ts";
import { measureAccuracy } from "../../../evaluation/ranking/accuracy.ts";
import { meanOverUsers } from "../../../evaluation/ranking/mean-over-users.ts";
import { rankItems } from "../../../evaluation/ranking/rank-items.ts";
import { normaliseLogs } from "../../../numeric/log-probabilities.ts";
import type { Encoder } from "../../../policy/encoder/encoder.ts";
import { eligible } from "../../serving/candidates.ts";
import type { HeldOut, ItemContext } from "./slate-cases.ts";

/** Users are enough for a mean, and read a whole catalogue each. */
const mostUsers = 500;

/** Quality with which an encoder's log-odds alone foresee users' items among all that may be shown. */
export interface Foresight {
  readonly users: number;
  /** −log of the next item's share, nats. */
  readonly loss: MeanOverUsers;
  /** Of the best `slateSize`. */
  readonly ndcg: MeanOverUsers;
}

async function foresee(
  encoder: Encoder,
  { state, next, rules, leftOut }: Omit<HeldOut, "codes">,
  { catalogue, scenario: { slateSize } }: ItemContext,
) {
  const { list, hidden } = eligible({ candidates: undefined, catalogue, rules, leftOut });
  const isHidden = new Set(hidden);
  const views = list.filter((_, index) => !isHidden.has(index));
  await encoder.encode([state]);
  const scores = encoder.logOdds(state, views);
  const place = views.indexOf(next);
  const { ndcg } = measureAccuracy(rankItems({ scores, seen: new Set() }, [place]), {
    relevant: 1,
    k: slateSize,
  });
  return { loss: -(normaliseLogs(scores)[place] ?? Number.NaN), ndcg };
}

/** @param heldOut newest first; @throws RangeError for fewer than two users */
export async function measureForesight(
  encoder: Encoder,
  heldOut: readonly Omit<HeldOut, "codes">[],
  context: ItemContext,
): Promise<Foresight> {
  const measured: Awaited<ReturnType<typeof foresee>>[] = [];
  for (const one of heldOut.slice(0, mostUsers))
    measured.push(await foresee(encoder, one, context));
  return {
    users: measured.length,
    loss: meanOverUsers(measured.map(({ loss }) => loss)),
    ndcg: meanOverUsers(measured.map(({ ndcg }) => ndcg)),
  };
}
