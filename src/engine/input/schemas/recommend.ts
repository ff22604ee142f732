import { z } from "zod";
import type { RecommendBatchRequest } from "../../../contract/recommend.ts";
import { type RelatedTo, relatedKinds } from "../../../domain/related.ts";
import { itemRules } from "../../rules/rules-schema.ts";
import { attributes } from "../attributes.ts";
import { exactly } from "../exactly.ts";
import { boolean, integer, name, optional, seed } from "../fields.ts";
import type { CandidateInput, RecommendInput } from "../input.ts";

/** More than a request of a mebibyte holds with features, and bounded in time. */
const maxCandidates = 10_000;

/** Of a batch: each takes milliseconds. */
const mostRequests = 100;

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
