import { z } from "zod";
import type { ItemFields, ItemInput } from "../../contract/items.ts";
import type { RecommendBatchRequest } from "../../contract/recommend.ts";
import type { UserFields, UserInput } from "../../contract/users.ts";
import type { CampaignBudget, FrequencyCap } from "../../domain/campaign.ts";
import type { Consent } from "../../domain/consent.ts";
import { arms } from "../../domain/decision.ts";
import { edgeTypes } from "../../domain/edge.ts";
import { isPlain } from "../../domain/ids.ts";
import type { InterventionNote } from "../../domain/intervention.ts";
import { type RelatedTo, relatedKinds } from "../../domain/related.ts";
import { itemRules } from "../rules/rules-schema.ts";
import { attributes } from "./attributes.ts";
import { mostRows } from "./batches.ts";
import { exactly } from "./exactly.ts";
import {
  boolean,
  finite,
  integer,
  limit,
  milliseconds,
  name,
  optional,
  seed,
  storeNumber,
  unfitText,
} from "./fields.ts";
import type {
  ActivityInput,
  CampaignInput,
  CampaignReportInput,
  CandidateInput,
  DecisionsInput,
  EdgeInput,
  EdgesInput,
  EventInput,
  InterventionInput,
  PageInput,
  RecommendInput,
  RewardSeriesInput,
  ScenarioPageInput,
} from "./input.ts";

// Inputs of the library's calls. HTTP bodies and rows of files use the same schemas or their
// fields.

/** Sums of more lose cents. */
const maxMoney = 1e9;

/** More than a request of a mebibyte holds with features, and bounded in time. */
const maxCandidates = 10_000;

/** Of a batch: each takes milliseconds. */
const mostRequests = 100;

/** Each of them may become a list of the items that may be shown. */
const maxCategories = 1000;
export const categories: z.ZodArray<z.ZodString> = z
  .array(name, "must be a list of texts")
  .max(maxCategories, `must hold at most ${maxCategories} texts`);

/** The schema's own message covers its size as well. */
export const batch = <Row extends z.ZodType>(row: Row): z.ZodArray<Row> =>
  z.array(row, `must be a list of at most ${mostRows}`).max(mostRows);

const item = {
  categories: optional(categories),
  attributes: optional(attributes),
  available: optional(boolean),
};
export const itemFields: z.ZodType<ItemFields> = exactly<ItemFields>()(
  z.strictObject(item).meta({ id: "ItemFields" }),
);
export const itemInput: z.ZodType<ItemInput> = exactly<ItemInput>()(
  z.strictObject({ itemId: name, ...item }).meta({ id: "ItemInput" }),
);

export const consent: z.ZodType<Consent> = exactly<Consent>()(
  z
    .strictObject({ train: optional(boolean), personalise: optional(boolean) })
    .meta({ id: "Consent" }),
);
const user = { attributes: optional(attributes), consent: optional(consent) };
export const userFields: z.ZodType<UserFields> = exactly<UserFields>()(
  z.strictObject(user).meta({ id: "UserFields" }),
);
export const userInput: z.ZodType<UserInput> = exactly<UserInput>()(
  z.strictObject({ userId: name, ...user }).meta({ id: "UserInput" }),
);

const money = z
  .number("must be a number above 0")
  .positive("must be above 0")
  .max(maxMoney, `must be at most ${maxMoney}`);

/** Without its times, which are text over HTTP and in files, and numbers in a call. */
export const campaignFields: {
  readonly scenario: z.ZodString;
  readonly pays: z.ZodString;
  readonly bid: z.ZodNumber;
  readonly budget: z.ZodExactOptional<z.ZodType<CampaignBudget>>;
  readonly frequencyCap: z.ZodExactOptional<z.ZodType<FrequencyCap>>;
} = {
  scenario: name,
  pays: name,
  bid: money,
  budget: optional(
    exactly<CampaignBudget>()(z.strictObject({ day: optional(money), total: optional(money) })),
  ),
  frequencyCap: optional(
    exactly<FrequencyCap>()(
      z.strictObject({
        showings: integer(1, 1000),
        hours: money.max(8760, "must be at most 8760"),
      }),
    ),
  ),
};
export const campaignInput: z.ZodType<CampaignInput> = exactly<CampaignInput>()(
  z.strictObject({
    campaignId: name,
    ...campaignFields,
    startsAt: optional(milliseconds),
    endsAt: optional(milliseconds),
  }),
);
export const campaignReportInput: z.ZodType<CampaignReportInput> = exactly<CampaignReportInput>()(
  z.strictObject({
    scenario: optional(name),
    from: optional(milliseconds),
    to: optional(milliseconds),
  }),
);

/** A connection of a user with somebody else. */
export const edgeInput: z.ZodType<EdgeInput> = exactly<EdgeInput>()(
  z
    .strictObject({
      userId: name,
      type: z.enum(edgeTypes, `must be ${edgeTypes.join(" or ")}`),
      to: name,
    })
    .refine(({ userId, to }) => userId !== to, {
      path: ["to"],
      error: "must not be the user's own id; name another user or author",
    })
    .meta({ id: "Edge" }),
);
export const edgesInput: z.ZodType<EdgesInput> = exactly<EdgesInput>()(
  z.strictObject({ limit: optional(limit) }),
);

/** Without its time, which is text over HTTP and in files, and a number in a call. */
export const eventFields: {
  readonly eventId: z.ZodExactOptional<z.ZodString>;
  readonly type: z.ZodString;
  readonly userId: z.ZodString;
  readonly itemId: z.ZodString;
  readonly value: z.ZodExactOptional<z.ZodNumber>;
  readonly decisionId: z.ZodExactOptional<z.ZodString>;
  readonly consent: z.ZodExactOptional<z.ZodType<Consent>>;
} = {
  eventId: optional(name),
  type: name,
  userId: name,
  itemId: name,
  value: optional(finite.meta({ default: 1 })),
  decisionId: optional(name),
  consent: optional(consent),
};
export const eventInput: z.ZodType<EventInput> = exactly<EventInput>()(
  z.strictObject({ ...eventFields, occurredAt: optional(milliseconds) }),
);

export const candidateInput: z.ZodType<CandidateInput> = exactly<CandidateInput>()(
  z.strictObject({ itemId: name, features: optional(attributes) }).meta({ id: "Candidate" }),
);
/** An item that a slate stands beside. */
export const relatedTo: z.ZodType<RelatedTo> = exactly<RelatedTo>()(
  z
    .strictObject({
      itemId: name,
      kind: z.enum(relatedKinds, `must be ${relatedKinds.join(" or ")}`),
    })
    .meta({ id: "RelatedTo" }),
);
export const recommendInput: z.ZodType<RecommendInput> = exactly<RecommendInput>()(
  z
    .strictObject({
      userId: name,
      scenario: optional(name),
      slateSize: optional(integer(1, 50)),
      candidates: optional(
        z.array(candidateInput, `must be a list of at most ${maxCandidates}`).max(maxCandidates),
      ),
      context: optional(attributes),
      relatedTo: optional(relatedTo),
      rules: optional(itemRules),
      seed: optional(seed),
      idempotencyKey: optional(name),
      deferred: optional(boolean),
    })
    .refine(({ candidates, relatedTo }) => candidates === undefined || relatedTo === undefined, {
      path: ["relatedTo"],
      error: "chooses the candidates; leave out one of relatedTo and candidates",
    })
    .meta({ id: "RecommendRequest" }),
);
export const recommendBatchInput: z.ZodType<RecommendBatchRequest> =
  exactly<RecommendBatchRequest>()(
    z.strictObject({
      requests: z
        .array(recommendInput, `must be a list of 1 to ${mostRequests}`)
        .min(1, "must not be empty; send a request at least")
        .max(
          mostRequests,
          `must hold at most ${mostRequests}; send the others in a batch of their own`,
        ),
      distinct: optional(boolean),
    }),
  );

export const pageInput: z.ZodType<PageInput> = exactly<PageInput>()(
  z.strictObject({ after: optional(name), limit: optional(limit) }),
);
export const scenarioPageInput: z.ZodType<ScenarioPageInput> = exactly<ScenarioPageInput>()(
  z.strictObject({ scenario: optional(name), limit: optional(limit) }),
);

export const decisionsInput: z.ZodType<DecisionsInput> = exactly<DecisionsInput>()(
  z.strictObject({
    scenario: optional(name),
    userId: optional(name),
    itemId: optional(name),
    from: optional(milliseconds),
    to: optional(milliseconds),
    after: optional(name),
    limit: optional(limit),
  }),
);

export const bucketSeconds: z.ZodInt = integer(5, 31_536_000);
export const rewardSeriesInput: z.ZodType<RewardSeriesInput> = exactly<RewardSeriesInput>()(
  z.strictObject({
    scenario: optional(name),
    since: optional(milliseconds),
    bucketSeconds: optional(bucketSeconds),
  }),
);

export const activityInput: z.ZodType<ActivityInput> = exactly<ActivityInput>()(
  z.strictObject({
    scenario: optional(name),
    since: optional(milliseconds),
    against: optional(z.enum(arms)),
  }),
);

/** Text without the space around it; of space alone nothing is left. */
const trimmed = (maximum: number) =>
  z
    .string("must be text")
    .trim()
    .min(1, "must not be empty")
    .max(maximum, `must not be longer than ${maximum} characters`);

/** Name and reason of an intervention. */
export const noteFields: {
  readonly by: z.ZodExactOptional<z.ZodString>;
  readonly reason: z.ZodExactOptional<z.ZodString>;
} = { by: optional(trimmed(256).refine(isPlain, unfitText)), reason: optional(trimmed(1000)) };
export const noteInput: z.ZodType<InterventionNote> = exactly<InterventionNote>()(
  z.strictObject(noteFields),
);
export const interventionInput: z.ZodType<InterventionInput> = exactly<InterventionInput>()(
  z
    .discriminatedUnion("kind", [
      z.strictObject({ scenario: name, kind: z.enum(["pause", "ask", "resume"]), ...noteFields }),
      z.strictObject({
        scenario: name,
        kind: z.enum(["pin", "approve", "reject"]),
        version: storeNumber,
        ...noteFields,
      }),
    ])
    .meta({ id: "InterventionRequest" }),
);
