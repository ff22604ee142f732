import {
  type Candidate,
  type Decision,
  type DrawnTime,
  timeOfDraw,
} from "../../domain/decision.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { Store } from "../../storage/store.ts";
import { readSocial } from "../social/read-social.ts";
import { viewSocial } from "../social/view-social.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { factsOfCandidate } from "./candidates.ts";

/** The fields of a decision that its candidates' features depend on. */
export interface SeenMoment extends Pick<Decision, "userId" | "asOf" | DrawnTime> {
  readonly candidates: readonly Candidate[];
  readonly servingRule?: Pick<ServingRule, "ads" | "social" | "consent">;
}

/**
 * Candidates of a logged decision with the features that its policy saw.
 * @param store as far as the user's slates may depend on it
 * @param options.catalogue as of the decision
 */
export async function viewMoment(
  store: Store,
  { candidates, servingRule, ...visit }: SeenMoment,
  options: {
    readonly catalogue: Catalogue;
    readonly view: (candidate: Candidate, catalogue: Catalogue) => ItemView;
  },
): Promise<readonly ItemView[]> {
  const { catalogue, view } = options;
  const social = await readSocial(store, servingRule?.social, { ...visit, now: timeOfDraw(visit) });
  return viewSocial(
    candidates.map((candidate) => view(candidate, catalogue)),
    () => candidates.map((candidate) => factsOfCandidate(candidate, catalogue)),
    social,
  );
}
