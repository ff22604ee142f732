import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { train } from "../../src/engine/learner/train.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { openTestEngine } from "./engine.ts";
import { introduceWorld, playVisits, worldConfiguration } from "./play.ts";

const cycles = 3;
const visits = 600;

/** A record with a training and cycles on it, played in a small world. */
export async function playTrackedRecord(path?: string) {
  const world = createSyntheticWorld({ seed: 3, items: 30, users: 60 });
  const input = worldConfiguration(world, 100);
  const opened = await openTestEngine(input, path);
  const configuration = parseConfiguration(input);
  const learn = () =>
    train({
      store: opened.store,
      configuration,
      scenario: configuration.scenarios[0]!,
      clock: opened.clock,
      seed: 1,
      threads: 1,
      onProgress: () => {},
    });
  await introduceWorld(opened.engine, world);
  await learn();
  for (let cycle = 0; cycle < cycles; cycle++) {
    await playVisits(opened.engine, world, [cycle * visits, (cycle + 1) * visits]);
    opened.advance(3600);
    await learn();
  }
  return { ...opened, configuration, input };
}
