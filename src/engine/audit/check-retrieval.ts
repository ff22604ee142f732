import type { Decision } from "../../domain/decision.ts";
import { createRandom } from "../../numeric/random.ts";
import { type OfferScores, retrieve } from "../../policy/retrieve.ts";
import type { Store } from "../../storage/store.ts";
import type { DrawMoment } from "../rules/draw-rules.ts";
import { completeKept } from "../serving/complete-kept.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import { reservedFor, retrieversOf } from "../serving/retriever.ts";
import { auditTolerance } from "./compare-propensities.ts";
import type { LogitDeriver } from "./derive-logits.ts";

/** Empty if the candidates were derived and are the logged ones. */
export interface CandidateCheck {
  /** The record does not suffice to derive which of the offered items were kept. */
  readonly isRetrievalUnknown?: true;
  readonly problem?: string;
}

interface Retrieval {
  /** Of the catalogue. */
  readonly offered: OfferedItems;
  /** Most candidates, apart from those that the rules of the draw need. */
  readonly limit: number;
  /** Candidates of another source than the retriever. */
  readonly reserved: readonly number[];
  readonly moment: DrawMoment;
}

const idsOf = ({ candidates }: Decision) => candidates.map(({ itemId }) => itemId);

const idsOffered = ({ count, at }: OfferedItems) =>
  Array.from({ length: count }, (_, index) => at(index).view.itemId);

/** Whether the logged items are those kept, but for items that rounding could swap at the threshold. */
function areKept(
  scored: OfferScores,
  { offered, limit, moment, ...retrieval }: Retrieval,
  decision: Decision,
): boolean {
  const reserved = reservedFor({ ...retrieval, arm: decision.arm });
  const random = createRandom(decision.seed).split("retrieve");
  const { kept, threshold } = retrieve(scored, limit - reserved.length, random);
  const logged = new Set(idsOf(decision));
  const derived = new Set(completeKept(kept, { offered, reserved, moment, random }));
  return (
    logged.size === derived.size &&
    idsOffered(offered).every(
      (itemId, index) =>
        logged.has(itemId) === derived.has(index) ||
        Math.abs((scored.logits[index] ?? Number.NaN) - threshold) <= auditTolerance,
    )
  );
}

function checkWhole({ offered }: Retrieval, decision: Decision): CandidateCheck {
  const logged = idsOf(decision);
  const isWhole =
    decision.retriever === undefined &&
    logged.length === offered.count &&
    idsOffered(offered).every((itemId, index) => itemId === logged[index]);
  if (isWhole) return {};
  const problem = `the candidates were all ${offered.count} items that could be shown: the row was changed`;
  return { problem };
}

/** A failure of a retriever that has passed is not in the record. */
async function couldAnswer(
  deriver: LogitDeriver,
  versions: readonly number[],
  { decision, offered }: { readonly decision: Decision; readonly offered: OfferedItems },
): Promise<boolean> {
  for (const version of versions) {
    const scored = await deriver.scoreOffered(version, decision, offered).catch(() => undefined);
    if (scored !== undefined) return true;
  }
  return false;
}

/**
 * Derives the candidates of a decision from the items that could be shown, the logits of the
 * retriever of its moment and its seed. Offered items that a request sent are not in the record.
 */
export async function checkRetrieval(
  { store, deriver }: { readonly store: Store; readonly deriver: LogitDeriver },
  decision: Decision,
  retrieval: Retrieval,
): Promise<CandidateCheck> {
  const { offeredBy, retriever, servingRule, scenario, asOf, arm } = decision;
  if (offeredBy === undefined || servingRule === undefined) return { isRetrievalUnknown: true };
  if (offeredBy === "request" && retriever === undefined) return {};
  const { offered, limit } = retrieval;
  if (offeredBy === "catalogue" && offered.count <= limit) return checkWhole(retrieval, decision);
  const versions = retrieversOf(await store.policies.assignment(scenario, asOf), arm);
  const place = versions.indexOf(retriever ?? Number.NaN);
  if (retriever === undefined || place < 0) {
    const problem = `retriever ${versions[0]} chose the candidates, not ${retriever}: the row was changed`;
    return { problem };
  }
  if (offeredBy === "request") return { isRetrievalUnknown: true };
  const scored = await deriver.scoreOffered(retriever, decision, offered);
  if (!areKept(scored, retrieval, decision))
    return { problem: `retriever ${retriever} keeps other candidates: the row was changed` };
  const before = versions.slice(0, place);
  return (await couldAnswer(deriver, before, { decision, offered }))
    ? { isRetrievalUnknown: true }
    : {};
}
