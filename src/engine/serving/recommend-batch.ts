import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { ItemId } from "../../domain/ids.ts";
import { CampaignClosed } from "../../storage/campaign-store.ts";
import { ErasedMeanwhile } from "../../storage/erasure-store.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import type { RecommendBatchInput, RecommendInput } from "../input/input.ts";
import { inSpan } from "../telemetry/in-span.ts";
import { choose } from "./choose.ts";
import { findRepeated, keyedId } from "./idempotency.ts";
import type { ParsedInput } from "./parsed-input.ts";
import type { RecommendParts } from "./recommend-parts.ts";

/** Users whose slates are chosen at a time: their states are worked out together. */
const usersAtATime = 8;

async function answer(parts: RecommendParts, input: ParsedInput): Promise<Recommendation> {
  const repeated = await findRepeated(parts, input);
  if (repeated !== undefined) return repeated;
  const { recommendation } = await choose(parts, input);
  return { ...recommendation, ...(input.deferred && { isDeferred: true }) };
}

/** The same request without items that are taken. */
function without(input: ParsedInput, taken: readonly ItemId[]): ParsedInput {
  if (taken.length === 0) return input;
  const { offer } = input;
  return { ...input, offer: { ...offer, except: [...(offer?.except ?? []), ...taken] } };
}

/** With the place of the request that can't be answered. */
function namePlace(error: unknown, place: number): unknown {
  if (!(error instanceof EngineError)) return error;
  const details = { ...error.details, request: place };
  return new EngineError(error.code, `requests[${place}]: ${error.message}`, { details });
}

/** Answers of one user's requests, in turn, so that each can leave out the items of those before it. */
async function answerUser(
  parts: RecommendParts,
  inputs: readonly (readonly [number, ParsedInput])[],
  { distinct, name }: { readonly distinct: boolean; readonly name: typeof namePlace },
): Promise<readonly (readonly [number, Recommendation])[]> {
  const taken: ItemId[] = [];
  const answers: (readonly [number, Recommendation])[] = [];
  for (const [place, input] of inputs) {
    try {
      const recommendation = await answer(parts, distinct ? without(input, taken) : input);
      answers.push([place, recommendation]);
      taken.push(...recommendation.decision.slate);
    } catch (error) {
      throw name(error, place);
    }
  }
  return answers;
}

/** Places of the requests, by user. */
function groupByUser(inputs: readonly ParsedInput[]) {
  const groups = new Map<string, (readonly [number, ParsedInput])[]>();
  for (const [place, input] of inputs.entries())
    groups.set(input.userId, [...(groups.get(input.userId) ?? []), [place, input]]);
  return [...groups.values()];
}

async function answerAll(
  parts: RecommendParts,
  inputs: readonly ParsedInput[],
  options: Parameters<typeof answerUser>[2],
): Promise<readonly Recommendation[]> {
  const byUser = groupByUser(inputs);
  const answers: Recommendation[] = [];
  for (let start = 0; start < byUser.length; start += usersAtATime) {
    const users = byUser.slice(start, start + usersAtATime);
    const found = await Promise.all(users.map((user) => answerUser(parts, user, options)));
    for (const [place, one] of found.flat()) answers[place] = one;
  }
  return answers;
}

/** A campaign closed or a user was erased meanwhile, or the same request was answered elsewhere: the choices are in no record, and are made anew. */
const wasOvertaken = (error: unknown, inputs: readonly ParsedInput[]) =>
  error instanceof CampaignClosed ||
  error instanceof ErasedMeanwhile ||
  (error instanceof EngineError &&
    error.code === "conflict" &&
    inputs.some(({ decisionId }) => decisionId === error.details.decisionId));

/** Writes all or none: decisions into the record, deferred ones beside it. */
async function keep(
  { decisions, deferrals }: RecommendParts["store"],
  made: readonly Recommendation[],
): Promise<void> {
  const [deferred, decided] = [true, false].map((wanted) =>
    made.flatMap(({ decision, isDeferred = false }) => (isDeferred === wanted ? decision : [])),
  ) as [Decision[], Decision[]];
  if (deferred.length === 0) return decisions.append(...decided);
  const added = deferred.map((decision) => ({ id: decision.decisionId, decisions: [decision] }));
  await deferrals.add(added, decided);
}

/** Choices that are in the record together, or none of them. Made anew whatever they were, so that their propensities stay exact. */
async function decide(
  parts: RecommendParts,
  inputs: readonly ParsedInput[],
  options: Parameters<typeof answerUser>[2],
): Promise<readonly Recommendation[]> {
  for (;;) {
    const answers = await answerAll(parts, inputs, options);
    const made = answers.filter(({ isRepeated }) => !isRepeated);
    try {
      await inSpan("write", () => keep(parts.store, made));
      return answers;
    } catch (error) {
      if (!wasOvertaken(error, inputs)) throw error;
    }
  }
}

function learn({ fastLoops, configuration }: RecommendParts, made: readonly Recommendation[]) {
  for (const scenario of new Set(made.map(({ decision }) => decision.scenario)))
    fastLoops.learn(findScenario(configuration, scenario));
}

/** A choice that is durable before the answer. */
export async function recommend(
  parts: RecommendParts,
  input: RecommendInput | ParsedInput,
): Promise<Recommendation> {
  const inputs = [await keyedId(parts, input as ParsedInput)];
  const made = await decide(parts, inputs, { distinct: false, name: (error) => error });
  learn(parts, made);
  return made[0] as Recommendation;
}

/**
 * A shown ad can close its campaign, which the next choice has to see on record: such requests are decided one after the other, and
 * those before one that can't be answered stay.
 */
async function decideInTurn(
  parts: RecommendParts,
  inputs: readonly ParsedInput[],
  distinct: boolean,
): Promise<readonly Recommendation[]> {
  const made: Recommendation[] = [];
  for (const [place, input] of inputs.entries()) {
    const own = made.filter(({ decision }) => distinct && decision.userId === input.userId);
    const taken = own.flatMap(({ decision }) => decision.slate);
    const name = (error: unknown) => namePlace(error, place);
    made.push(...(await decide(parts, [without(input, taken)], { distinct, name })));
  }
  return made;
}

/** A request of a batch with the id of its key. Nothing is decided if one names an unknown scenario. */
async function prepare(parts: RecommendParts, request: ParsedInput, place: number) {
  try {
    const { ads } = findScenario(parts.configuration, request.scenario);
    return { input: await keyedId(parts, request), hasAds: ads !== undefined };
  } catch (error) {
    throw namePlace(error, place);
  }
}

/** Choices that are durable before the answer, in the order of their requests; together, unless one is of a scenario with ads. */
export async function recommendBatch(
  parts: RecommendParts,
  { requests, distinct = false }: RecommendBatchInput,
): Promise<readonly Recommendation[]> {
  const prepared = await Promise.all(
    requests.map((request, place) => prepare(parts, request as ParsedInput, place)),
  );
  const inputs = prepared.map(({ input }) => input);
  refuseRepeatedKeys(inputs);
  const made = prepared.some(({ hasAds }) => hasAds)
    ? await decideInTurn(parts, inputs, distinct)
    : await decide(parts, inputs, { distinct, name: namePlace });
  learn(parts, made);
  return made;
}

/** Two slates can't have one decision. */
function refuseRepeatedKeys(inputs: readonly ParsedInput[]): void {
  const first = new Map<string, number>();
  for (const [place, { decisionId, idempotencyKey }] of inputs.entries()) {
    if (decisionId === undefined) continue;
    const before = first.get(decisionId);
    first.set(decisionId, before ?? place);
    if (before === undefined) continue;
    const message = `requests[${place}].idempotencyKey is that of requests[${before}]; give each request of a user a key of its own`;
    throw new EngineError("invalid_request", message, {
      details: { field: `requests[${place}].idempotencyKey`, value: idempotencyKey ?? "" },
    });
  }
}
