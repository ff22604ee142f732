import type { Arm, Candidate } from "../../domain/decision.ts";
import { type Assignment, triesRetriever, uniformVersion } from "../../domain/policy-snapshot.ts";
import { numberedWithout } from "../../numeric/index-list.ts";
import type { RandomStream } from "../../numeric/random.ts";
import type { ItemView, Policy, PolicyState } from "../../policy/policy.ts";
import { type OfferScores, retrieve } from "../../policy/retrieve.ts";
import type { DrawMoment } from "../rules/draw-rules.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import type { OfferedItems } from "./candidates.ts";
import { completeKept } from "./complete-kept.ts";
import type { ServingPolicies } from "./serving-policies.ts";

/**
 * Versions that may retrieve, in turn: the pinned one, the baseline if that can't be used, and the
 * lot if neither can. Before a loop's first learned policy there is none, and the lot decides; it
 * also does for the uniform slice, which is drawn from all that may be shown.
 */
export function retrieversOf(assignment: Assignment, arm: Arm): readonly number[] {
  const { retriever: shared, holdback, baseline } = assignment;
  const retriever = arm === "holdback" && triesRetriever(assignment) ? holdback : shared;
  const isByLot = retriever === undefined || arm === "uniform";
  const pinned = isByLot ? [] : [retriever, baseline];
  return [...pinned, uniformVersion].filter((version) => version !== undefined);
}

/** The numbers of the items that are not hidden. */
export function dropHidden(numbers: Float64Array, hidden: readonly number[]): Float64Array {
  if (hidden.length === 0) return numbers;
  const left = new Float64Array(numbers.length - hidden.length);
  let start = 0;
  let end = 0;
  for (const index of [...hidden, numbers.length]) {
    left.set(numbers.subarray(start, index), end);
    end += index - start;
    start = index + 1;
  }
  return left;
}

/**
 * Base logits of a retriever, without a fast loop. The whole list is scored, of which a policy knows
 * more than of the items that one user may see.
 *
 * @param policy absent for the lot
 */
export async function scoreOffered(
  policy: Policy | undefined,
  state: PolicyState,
  { list, hidden }: Pick<OfferedItems, "list" | "hidden">,
): Promise<OfferScores> {
  const logits = policy ? await policy.logits(state, list) : new Float64Array(list.length);
  assertFinite(logits);
  return {
    logits: dropHidden(logits, hidden),
    fresh: numberedWithout(policy?.towers?.unknownIn(list) ?? [], hidden),
  };
}

/** @throws RangeError */
export function assertFinite(logits: Float64Array): void {
  // A counted loop: of a whole catalogue a callback an item takes longer than its logit.
  for (let index = 0; index < logits.length; index++)
    if (!Number.isFinite(logits[index])) throw new RangeError("it gave a logit that is not finite");
}

/** The same for a retrieval of `limit` items, which asks for the order of the best alone. */
export async function scoreBest(
  policy: Policy | undefined,
  state: PolicyState,
  { offered, limit }: Pick<RetrievalInput, "offered" | "limit">,
): Promise<OfferScores> {
  const { list, hidden, count } = offered;
  const best = await policy?.findBest?.(state, list, { count: limit, hidden });
  if (policy === undefined || best === undefined) return scoreOffered(policy, state, offered);
  const views = Array.from({ length: best.length }, (_, place) => list[best.at(place) ?? -1]);
  const logits = await policy.logits(state, views as readonly ItemView[]);
  assertFinite(logits);
  const fresh = numberedWithout(policy.towers?.unknownIn(list) ?? [], hidden);
  const numbers = numberedWithout(best, hidden);
  const indices = Array.from({ length: best.length }, (_, place) => numbers.at(place) ?? -1);
  return { logits, part: { indices, of: count }, fresh };
}

/** The candidates of a decision, which all arms of a scenario share. */
export interface RetrievedItems {
  readonly candidates: readonly Candidate[];
  readonly views: readonly ItemView[];
  readonly facts: readonly ItemFacts[];
  /** Version that chose them; absent if all offered items are candidates. */
  readonly retriever?: number;
  /** The pinned retriever's problem, if another one took its place. */
  readonly fallback?: string;
}

export interface RetrievalInput {
  readonly assignment: Assignment;
  readonly arm: Arm;
  readonly offered: OfferedItems;
  readonly state: PolicyState;
  /** Most candidates, apart from those that the rules of the draw need. */
  readonly limit: number;
  /** Candidates that count, whatever the retriever keeps; not of the uniform slice, which is drawn from all. Ascending. */
  readonly reserved: readonly number[];
  readonly moment: DrawMoment;
  readonly random: RandomStream;
}

function pick({ at }: OfferedItems, indices: readonly number[]): RetrievedItems {
  const items = indices.map(at);
  return {
    candidates: items.map(({ candidate }) => candidate),
    views: items.map(({ view }) => view),
    facts: items.map(({ facts }) => facts),
  };
}

/** Of an arm's decision. */
export const reservedFor = ({
  arm,
  reserved,
}: Pick<RetrievalInput, "arm" | "reserved">): readonly number[] =>
  arm === "uniform" ? [] : reserved;

async function retrieveWith(
  policies: ServingPolicies,
  version: number,
  { offered, state, moment, random, ...input }: RetrievalInput,
): Promise<RetrievedItems> {
  const policy = version === uniformVersion ? undefined : await policies.get(version);
  const reserved = reservedFor(input);
  const limit = input.limit - reserved.length;
  const { kept } = retrieve(await scoreBest(policy, state, { offered, limit }), limit, random);
  const completed = completeKept(kept, { offered, reserved, moment, random });
  return { ...pick(offered, completed), retriever: version };
}

async function retrieveInTurn(
  policies: ServingPolicies,
  [version = uniformVersion, ...others]: readonly number[],
  input: RetrievalInput,
): Promise<RetrievedItems> {
  try {
    return await retrieveWith(policies, version, input);
  } catch (error) {
    if (version === uniformVersion) throw error;
    const fallback = `retriever ${version} can't be used: ${(error as Error).message}`;
    return { ...(await retrieveInTurn(policies, others, input)), fallback };
  }
}

/** All offered items, or of more than `limit` those that the scenario's retriever keeps. */
export async function retrieveItems(
  policies: ServingPolicies,
  input: RetrievalInput,
): Promise<RetrievedItems> {
  const { assignment, arm, offered, limit } = input;
  if (offered.count > limit) return retrieveInTurn(policies, retrieversOf(assignment, arm), input);
  return pick(
    offered,
    Array.from({ length: offered.count }, (_, index) => index),
  );
}
