import { Counter, Gauge, type Registry } from "prom-client";
import type { Health, LoopFigures } from "../engine/calls/health-calls.ts";
import type { Engine } from "../engine/engine.ts";
import { wiresOf } from "../engine/wires.ts";

function createGauges(registry: Registry) {
  const registers = [registry];
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });
  return {
    versions: gauge("recurve_serving_policy_version", "Version of the serving policy.", [
      "scenario",
    ]),
    up: gauge(
      "recurve_learner_up",
      "1 if a learner wrote a heartbeat within the last 5 minutes.",
      [],
    ),
    heartbeat: gauge(
      "recurve_learner_heartbeat_age_seconds",
      "Time since a learner's last heartbeat.",
      [],
    ),
    cycles: new Counter({
      name: "recurve_cycles_total",
      help: "Learning cycles in the record, by how they ended.",
      labelNames: ["scenario", "outcome"],
      registers,
    }),
    lastCycle: gauge("recurve_last_cycle_age_seconds", "Time since the newest cycle ended.", [
      "scenario",
    ]),
    waiting: gauge(
      "recurve_waiting_decisions",
      "Closed decisions that no cycle has learnt from, up to 10,000.",
      ["scenario"],
    ),
    rolledBack: gauge(
      "recurve_rolled_back_policies",
      "Policies that were rolled back, by a review or by hand.",
      ["scenario"],
    ),
    reward: gauge(
      "recurve_mean_reward",
      "Mean reward of the newest 1,000 decisions whose reward window has closed.",
      ["scenario", "arm"],
    ),
    matches: gauge(
      "recurve_apprentice_match_rate",
      "Share of the newest choices of a caller that the serving policy would have made.",
      ["scenario"],
    ),
    pendingErasures: gauge(
      "recurve_pending_erasure_age_seconds",
      "Time since the oldest erasure whose user a policy in use may have learnt from.",
      ["scenario"],
    ),
    size: gauge("recurve_database_size_bytes", "Size of the record.", []),
  };
}

type Gauges = ReturnType<typeof createGauges>;

function clear(gauges: Gauges): void {
  for (const metric of Object.values(gauges)) metric.reset();
  // Without labels a reset is 0, which is something else than nothing.
  for (const metric of [gauges.up, gauges.heartbeat, gauges.size]) metric.remove();
}

function showHealth(gauges: Gauges, health: Health): void {
  const { policyVersions, learner, pendingErasures } = health;
  for (const [scenario, { ageSeconds }] of Object.entries(pendingErasures))
    gauges.pendingErasures.set({ scenario }, ageSeconds);
  for (const [scenario, version] of Object.entries(policyVersions)) {
    gauges.versions.set({ scenario }, version);
  }
  for (const [scenario, waiting] of Object.entries(learner.waitingDecisions))
    gauges.waiting.set({ scenario }, waiting);
  gauges.up.set(learner.up ? 1 : 0);
  if (learner.heartbeatAgeSeconds !== undefined) gauges.heartbeat.set(learner.heartbeatAgeSeconds);
}

function showFigures(gauges: Gauges, figures: LoopFigures): void {
  const youngest = new Map<string, number>();
  for (const { scenario, outcome, cycles, ageSeconds } of figures.cycles) {
    gauges.cycles.inc({ scenario, outcome }, cycles);
    youngest.set(scenario, Math.min(ageSeconds, youngest.get(scenario) ?? ageSeconds));
  }
  for (const [scenario, ageSeconds] of youngest) gauges.lastCycle.set({ scenario }, ageSeconds);
  for (const { scenario, policies } of figures.rolledBack) {
    gauges.rolledBack.set({ scenario }, policies);
  }
  for (const { scenario, arm, meanReward } of figures.rewards) {
    gauges.reward.set({ scenario, arm }, meanReward);
  }
  gauges.size.set(figures.databaseSizeBytes);
}

/**
 * Figures of the loop from the record, read anew by each call of the returned function. If the
 * record can't be read, these metrics are absent: the process' own still answer.
 */
export function createLoopMetrics(registry: Registry, engine: Engine): () => Promise<void> {
  const gauges = createGauges(registry);
  return async () => {
    clear(gauges);
    try {
      const [health, figures] = [await engine.health(), await engine.figures()];
      showHealth(gauges, health);
      showFigures(gauges, figures);
      const { personalizer } = wiresOf(engine);
      const match = await personalizer?.matchRate();
      if (personalizer && match)
        gauges.matches.set({ scenario: personalizer.scenario.name }, match.rate);
    } catch {
      // `/health` has the reason.
    }
  };
}
