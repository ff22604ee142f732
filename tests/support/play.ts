import type { World } from "../../src/domain/world.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { withoutChecks } from "../../src/engine/input/check-engine.ts";

/** A configuration with one scenario, "play", that fits the world; cycles start at `minDecisions`. */
export function worldConfiguration(
  world: World,
  minDecisions: number,
  learner: Readonly<Record<string, number>> = {},
): object {
  const { weights, minimum, maximum } = world.rewards;
  const reward = { weights, minimum, maximum, windowSeconds: 60, graceSeconds: 0 };
  const scenario = { name: "play", slateSize: world.slateSize, excludeSeen: false, reward };
  return { scenarios: [scenario], learner: { intervalSeconds: 10, minDecisions, ...learner } };
}

/** A world's history is longer than a call of the library takes. */
export async function introduceWorld(checked: Engine, world: World): Promise<void> {
  const engine = withoutChecks(checked);
  await engine.putItems(world.items);
  await engine.putUsers(world.users);
  await engine.record(world.history);
}

/** Visits in turns [from, to) in the engine's first scenario, each with its answer. */
export async function playVisits(
  engine: Engine,
  world: World,
  [from, to]: readonly [number, number],
): Promise<void> {
  for (let turn = from; turn < to; turn++) {
    const { decision } = await engine.recommend(world.visit(turn));
    const { userId, decisionId } = decision;
    const events = world.react(turn, decision.slate).map((one) => ({ ...one, userId, decisionId }));
    if (events.length > 0) await engine.record(events);
  }
}
