import type { CycleBody } from "../../src/contract/cycles.ts";
import type { HealthResponse } from "../../src/contract/health.ts";
import type { InterventionBody } from "../../src/contract/interventions.ts";
import type { PoliciesResponse } from "../../src/contract/policies.ts";
import type { RewardSeriesResponse } from "../../src/contract/reward-series.ts";
import type { ScenariosResponse } from "../../src/contract/scenarios.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { type DecisionCount, keepCounts } from "./decision-rate.ts";
import { bucketSecondsFor } from "./reward-series.ts";

export type ScenarioRow = ScenariosResponse["scenarios"][number];

export interface View {
  /** Chosen by the reader; without it the first scenario that has decisions. */
  readonly scenario: string | undefined;
  readonly rangeSeconds: number;
}

/** One look at the loop: everything on the page comes from it. */
export interface LoopData {
  readonly view: View;
  readonly health: HealthResponse;
  readonly scenarios: readonly ScenarioRow[];
  readonly scenario: ScenarioRow;
  readonly decisionCounts: readonly DecisionCount[];
  readonly policies: PoliciesResponse;
  readonly cycles: readonly CycleBody[];
  /** Interventions of operators, newest first. */
  readonly interventions: readonly InterventionBody[];
  readonly series: RewardSeriesResponse;
  /** Milliseconds since 1970. */
  readonly seriesLoadedAt: number;
}

/** Newest cycles, and newest interventions, that the page loads. */
export const historyLimit = 50;
/** A cycle adds up to two policies: a candidate and a baseline. */
const policyLimit = 2 * historyLimit;

export function pickScenario(
  scenarios: readonly ScenarioRow[],
  wanted: string | undefined,
): ScenarioRow {
  const found =
    scenarios.find((scenario) => scenario.name === wanted) ??
    scenarios.find((scenario) => scenario.decisions > 0) ??
    scenarios[0];
  if (found === undefined) throw new Error("the server has no scenario; check its configuration");
  return found;
}

/** In the list of all scenarios, which tells one without decisions from one at work. */
export const scenarioLabel = ({ name, decisions }: ScenarioRow): string =>
  decisions > 0 ? name : `${name} (no decisions)`;

/** A series over the range, or over the part of it that has decisions, with buckets that fit that part. */
async function loadSeries(
  client: RecurveClient,
  scenario: string,
  span: { readonly since: number; readonly now: number },
): Promise<RewardSeriesResponse> {
  const bucketSeconds = bucketSecondsFor((span.now - span.since) / 1000);
  const bucketMs = bucketSeconds * 1000;
  const since = new Date(Math.floor(span.since / bucketMs) * bucketMs).toISOString();
  const series = await client.getRewardSeries({ scenario, bucketSeconds, since });
  const first = series.points[0];
  if (first === undefined) return series;
  const start = Date.parse(first.from);
  // Each step has shorter buckets than the one before, so this ends.
  return bucketSecondsFor((span.now - start) / 1000) < bucketSeconds
    ? loadSeries(client, scenario, { ...span, since: start })
    : series;
}

/**
 * Long buckets change slowly and cost the server most: each is read again thirty times in its length. A series that is empty
 * is read at every look, for it begins as soon as the first reward window has closed.
 */
function isFresh(previous: LoopData, now: number): boolean {
  if (previous.series.points.length === 0) return false;
  return (now - previous.seriesLoadedAt) / 1000 < previous.series.bucketSeconds / 30;
}

/** @throws ApiError if the server does not answer as it should */
export async function loadLoop(
  client: RecurveClient,
  view: View,
  previous: LoopData | undefined,
  now: number,
): Promise<LoopData> {
  const [health, { scenarios }] = await Promise.all([client.getHealth(), client.listScenarios()]);
  const scenario = pickScenario(scenarios, view.scenario ?? sticky(previous));
  const { name } = scenario;
  const [policies, { cycles }, { interventions }] = await Promise.all([
    client.listPolicies({ scenario: name, limit: policyLimit }),
    client.listCycles({ scenario: name, limit: historyLimit }),
    client.listInterventions({ scenario: name, limit: historyLimit }),
  ]);
  const counted = previous?.scenario.name === name ? previous.decisionCounts : [];
  const decisionCounts = keepCounts(counted, { at: now, decisions: scenario.decisions });
  const loop = { policies, cycles, interventions };
  const common = { view, health, scenarios, scenario, decisionCounts, ...loop };
  const isSameChart =
    previous?.scenario.name === name && previous.view.rangeSeconds === view.rangeSeconds;
  if (previous && isSameChart && isFresh(previous, now)) {
    const { series, seriesLoadedAt } = previous;
    return { ...common, series, seriesLoadedAt };
  }
  const known = isSameChart ? previous?.series.points[0] : undefined;
  const since = Math.max(now - view.rangeSeconds * 1000, known ? Date.parse(known.from) : 0);
  const series = await loadSeries(client, name, { since, now });
  return { ...common, series, seriesLoadedAt: now };
}

/** The page stays with the scenario it shows, once that has decisions. */
function sticky(previous: LoopData | undefined): string | undefined {
  return previous && previous.scenario.decisions > 0 ? previous.scenario.name : undefined;
}
