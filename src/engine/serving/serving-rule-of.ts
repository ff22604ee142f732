import type { Consent } from "../../domain/consent.ts";
import type { Scenario, ServingRule } from "../../domain/scenario.ts";
import type { Configuration } from "../configuration/configuration.ts";

/** Consents that nobody gives by silence. */
function refusals({ train, personalise }: Configuration["privacy"]["consent"]): Consent {
  return { ...(!train && { train }), ...(!personalise && { personalise }) };
}

/** The rule by which a decision is made, and which it names on record. */
export function servingRuleOf(
  { baselineShare, uniformShare, privacy }: Configuration,
  scenario: Scenario,
): ServingRule {
  const { ads, excludeSeen, exploration, loopExploration, maxCandidates } = scenario;
  const { rules, social, sources } = scenario;
  const shares = { baselineShare, uniformShare };
  const consent = refusals(privacy.consent);
  const optional = {
    ...(ads && { ads }),
    ...(rules && { rules }),
    ...(social && { social }),
    ...(sources && { sources }),
    ...(loopExploration !== undefined && { loopExploration }),
  };
  const asked = Object.keys(consent).length > 0 && { consent };
  return { ...shares, excludeSeen, exploration, maxCandidates, ...optional, ...asked };
}
