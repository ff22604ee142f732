import type { Arm } from "../../domain/decision.ts";
import { type Assignment, triesRetriever, uniformVersion } from "../../domain/policy-snapshot.ts";
import { numberedWithout, numbersWithout } from "../../numeric/index-list.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { viewsAt } from "../../policy/list-part.ts";
import type { Policy, PolicyState } from "../../policy/policy.ts";
import { type OfferScores, retrieve } from "../../policy/retrieve.ts";
import type { DrawMoment } from "../rules/draw-rules.ts";
import { completeKept } from "./complete-kept.ts";
import type { OfferedItems, PickedItems } from "./offered-items.ts";
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
  const logits = await policy.logits(state, viewsAt(list, best));
  assertFinite(logits);
  const fresh = numberedWithout(policy.towers?.unknownIn(list) ?? [], hidden);
  return { logits, part: { indices: numbersWithout(best, hidden), of: count }, fresh };
}

/** The candidates of a decision, which all arms of a scenario share. */
export interface RetrievedItems extends PickedItems {
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
  return { ...offered.pick(completed), retriever: version };
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
  return offered.pick(Array.from({ length: offered.count }, (_, index) => index));
}
