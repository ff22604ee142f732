import type { Configuration } from "./configuration/configuration.ts";
import { findScenario } from "./configuration/find-scenario.ts";
import type { Engine } from "./engine.ts";
import type { Translator } from "./privacy/as-sent.ts";
import { authorPaths } from "./privacy/authors.ts";
import { pseudonymousReactions } from "./privacy/pseudonymous-reactions.ts";
import { createRankLoop, type RankLoop } from "./ranks/rank-loop.ts";
import { createReactions, type Reactions } from "./reactions/create-reactions.ts";
import type { RecommendParts } from "./serving/recommend-parts.ts";

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

/**
 * They are no part of the public engine: only the server has them. Personalizer's has no users.
 * @param translator for callers who send other ids of users than the record has
 */
export function addWires(
  engine: Engine,
  parts: RecommendParts,
  translator: Translator | undefined,
): Engine {
  const gorse = scenarioOf(parts.configuration, "gorse");
  const personalizer = scenarioOf(parts.configuration, "personalizer");
  const authors = authorPaths(parts.configuration.scenarios);
  const reactions = gorse && createReactions(parts, gorse);
  const asSent = reactions && translator && pseudonymousReactions(reactions, translator, authors);
  wiresByEngine.set(engine, {
    ...(reactions && { gorse: asSent ?? reactions }),
    ...(personalizer && { personalizer: createRankLoop(parts, personalizer) }),
  });
  return engine;
}

/** None of an engine that is not `createEngine`'s own. */
export const wiresOf = (engine: Engine): Wires => wiresByEngine.get(engine) ?? {};
