import type { Scenario } from "../../domain/scenario.ts";
import type { Social } from "../social/read-social.ts";
import { socialCandidates } from "../social/social-candidates.ts";
import { type SourceMoment, sourceCandidates } from "../sources/source-candidates.ts";
import type { OfferedItems } from "./offered-items.ts";
import type { ParsedInput } from "./parsed-input.ts";
import type { RecommendParts } from "./recommend-parts.ts";

/** Candidates of connected people and further sources, if the request sends none of its own. */
export async function reserveCandidates(
  { store, catalogue }: RecommendParts,
  { candidates, relatedTo }: ParsedInput,
  {
    scenario: { reward, sources },
    ...read
  }: Omit<SourceMoment, "store" | "catalogue" | "reward"> & {
    readonly scenario: Scenario;
    readonly offered: OfferedItems;
    readonly social: Social | undefined;
  },
): Promise<readonly number[]> {
  if (candidates !== undefined || relatedTo !== undefined) return [];
  const reserved = socialCandidates(read.offered, read.social, { catalogue, limit: read.limit });
  return sourceCandidates(read.offered, sources, { ...read, store, catalogue, reward, reserved });
}
