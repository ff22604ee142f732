import { withAnchor } from "../../../domain/anchor.ts";
import type { Cycle } from "../../../domain/cycle.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { spreadOfLifts } from "../../../evaluation/expected-lift.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { watchEncoder } from "../../encoder/watch-encoder.ts";
import { tellStaying } from "../../privacy/stay-private.ts";
import { loadServed } from "./carried.ts";
import type { Reviewed } from "./review.ts";
import { reviewLive } from "./review-live.ts";

interface PrivateCycle {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
}

const nothingLearnt =
  "Live rewards decided nothing; with privacy.differential policies learn from behaviour alone.";

function summarise({ promotion, canary }: Reviewed): Pick<Cycle, "outcome" | "reason"> {
  if (promotion?.action === "roll-back") return { outcome: "roll-back", reason: promotion.reason };
  const reason = canary?.reason ?? promotion?.reason ?? nothingLearnt;
  if (canary?.action === "promote") return { outcome: "promote", reason };
  return { outcome: canary?.action === "ask" ? "waiting" : "hold", reason };
}

/** Event number of the newest closed decision; undefined if none is new. */
async function readThrough(
  { store, scenario }: PrivateCycle,
  span: { readonly after: number; readonly closedBefore: number },
): Promise<number | undefined> {
  const newest = { scenario: scenario.name, ...span, limit: 1 };
  const { count, after } = await store.decisions.closedSpan(newest);
  return count === 0 ? undefined : after + 1;
}

/**
 * A cycle of a record whose trainings are private. Live rewards decide about canary and promotion,
 * and the encoder is watched. No critic, discriminator, calibration, baseline or exploration is
 * fitted to the feedback, because none of them has noise: docs/methods/privacy.md.
 *
 * @returns undefined if there is no new feedback
 */
export async function runPrivateCycle(options: PrivateCycle): Promise<Cycle | undefined> {
  const { store, configuration, scenario, clock, seed } = options;
  const { name } = scenario;
  const startedAt = clock();
  const [last] = await store.cycles.list({ scenario: name, limit: 1 });
  const after = last?.throughSequence ?? 0;
  const throughSequence = await readThrough(options, { after, closedBefore: startedAt });
  const replaces = await store.policies.assignment(name);
  if (throughSequence === undefined || replaces.serving === undefined) return undefined;
  // Beside trainings with noise no policy has a fast loop.
  const scene = { ...options, now: startedAt, spread: spreadOfLifts([]), hasLoop: false };
  const reviewed = await reviewLive(scene, replaces);
  const { serving = replaces.serving, canary: version } = reviewed.assignment;
  const network = await loadServed(store, serving);
  if (network === undefined) return undefined;
  const encoderWatch = await watchEncoder(options, network, reviewed.assignment);
  const share = network.encoder ? configuration.anchorShare : 0;
  const assignment = withAnchor(reviewed.assignment, { share, now: startedAt });
  const { promotion, retrieval, canary, anchor } = reviewed;
  const { outcome, reason } = summarise(reviewed);
  const staying = await tellStaying(options, name);
  const cycle = {
    scenario: name,
    outcome,
    reason: staying ? `${reason} Also, ${staying}.` : reason,
    policyVersion: serving,
    startedAt,
    finishedAt: clock(),
    throughSequence,
    ...(version !== undefined && { candidateVersion: version }),
    record: {
      seed,
      ...(promotion && { promotion }),
      ...(retrieval && { retrieval }),
      ...(canary && { canary }),
      ...(anchor && { anchor }),
      ...(encoderWatch && { encoderWatch }),
    },
  };
  const applied = await store.policies.apply({
    statuses: reviewed.statuses,
    assign: () => ({ scenario: name, assignment, replaces }),
    cycle: () => cycle,
  });
  return { ...cycle, cycle: applied.cycle ?? 0 };
}
