import type { Configuration } from "./configuration/configuration.ts";
import type { Engine } from "./engine.ts";
import { createRankLoop, type RankLoop } from "./ranks/rank-loop.ts";
import { createReactions, type Reactions } from "./reactions/create-reactions.ts";
import { findScenario, type RecommendParts } from "./serving/recommend.ts";

/** Loops behind the wires of other systems, those that the configuration names. */
export interface Wires {
  readonly gorse?: Reactions;
  readonly personalizer?: RankLoop;
}

const wiresByEngine = new WeakMap<Engine, Wires>();

const scenarioOf = (configuration: Configuration, wire: "gorse" | "personalizer") => {
  const name = configuration.compatibility?.[wire]?.scenario;
  return name === undefined ? undefined : findScenario(configuration, name);
};

/** They are no part of the public engine: only the server has them. */
export function addWires(engine: Engine, parts: RecommendParts): Engine {
  const gorse = scenarioOf(parts.configuration, "gorse");
  const personalizer = scenarioOf(parts.configuration, "personalizer");
  wiresByEngine.set(engine, {
    ...(gorse && { gorse: createReactions(parts, gorse) }),
    ...(personalizer && { personalizer: createRankLoop(parts, personalizer) }),
  });
  return engine;
}

/** None of an engine that is not `createEngine`'s own. */
export const wiresOf = (engine: Engine): Wires => wiresByEngine.get(engine) ?? {};
