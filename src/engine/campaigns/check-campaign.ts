import { type Campaign, impression } from "../../domain/campaign.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Scenario } from "../../domain/scenario.ts";

/** A field of a campaign that its scenario refuses. */
interface Problem {
  readonly field: keyof Campaign;
  readonly value: unknown;
  readonly remedy: string;
}

/** The first field of a campaign that doesn't fit its scenario. */
export function findProblem(
  scenarios: readonly Scenario[],
  { scenario: name, pays, bid, startsAt, endsAt }: Campaign,
): Problem | undefined {
  const scenario = scenarios.find((one) => one.name === name);
  const known = scenarios.filter(({ ads }) => ads).map((one) => one.name);
  if (scenario?.ads === undefined) {
    const choice =
      known.length > 0 ? `choose one of ${known.join(", ")}` : "give one the field ads";
    return {
      field: "scenario",
      value: name,
      remedy: `no scenario with ads has this name; ${choice}`,
    };
  }
  const outcomes = [...scenario.ads.outcomes, impression];
  if (!outcomes.includes(pays))
    return { field: "pays", value: pays, remedy: `choose one of ${outcomes.join(", ")}` };
  const { maximum } = scenario.reward;
  if (bid > maximum) {
    const remedy = `rewards of scenario '${name}' reach to ${maximum}; bid less, or raise its reward.maximum`;
    return { field: "bid", value: bid, remedy };
  }
  if (endsAt !== undefined && endsAt <= (startsAt ?? Number.NEGATIVE_INFINITY))
    return {
      field: "endsAt",
      value: new Date(endsAt).toISOString(),
      remedy: "choose a time after startsAt",
    };
  return undefined;
}

export const describeProblem = ({ field, value, remedy }: Problem): string =>
  `${field} is ${typeof value === "string" ? `'${value}'` : value}: ${remedy}`;

/** @throws invalid_request; nothing is written then */
export function checkCampaigns(
  scenarios: readonly Scenario[],
  campaigns: readonly Campaign[],
): void {
  for (const [index, campaign] of campaigns.entries()) {
    const problem = findProblem(scenarios, campaign);
    if (problem === undefined) continue;
    const field = `campaigns[${index}].${problem.field}`;
    const message = `campaigns[${index}].${describeProblem(problem)}`;
    throw new EngineError("invalid_request", message, { details: { field, value: problem.value } });
  }
}
