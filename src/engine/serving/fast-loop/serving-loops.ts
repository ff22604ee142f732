import { servesWithLoop } from "../../../domain/fast-loop.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { LastUsedMap } from "../../../numeric/last-used-map.ts";
import { countRenewal } from "../../../policy/fast-loop/renewed-model.ts";
import type { Policy, PolicyTowers } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import {
  catchUpBehind,
  drawWith,
  type FastLogits,
  type LoopRequest,
  type ServingLoop,
} from "./serving-loop.ts";

/** Milliseconds without a request after which a policy's loop is given up: it was replaced, or its arm has ended. */
const restLimit = 3_600_000;
/** Loops kept: serving, canary and holdback of some scenarios. */
const capacity = 24;

/** The fast loops of a serving process: they learn behind the requests, each policy its own. */
export interface FastLoops {
  logits(
    scenario: Scenario,
    served: { readonly version: number; readonly policy: Policy },
    request: LoopRequest,
  ): Promise<FastLogits>;
  /** Starts to learn from the scenario's new feedback, and does not wait for the end. */
  learn(scenario: Scenario): void;
  /** Begins all models anew that may stand on rows which an erasure removed. @param lastErasure event number of its end */
  forgetBefore(lastErasure: number): void;
  problems(): readonly string[];
  /** Resolves when nothing is being learnt. */
  idle(): Promise<void>;
  /** Stops after the blocks that are being learnt: a loop that has just begun may have thousands before it. */
  close(): Promise<void>;
}

export function createFastLoops(options: {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly clock: () => number;
}): FastLoops {
  const { store, configuration, clock } = options;
  const loops = new LastUsedMap<string, ServingLoop>(capacity);
  let isClosed = false;
  let newest = 0;
  const parts = { store, text: configuration.text, clock, isClosed: () => isClosed };

  function find(scenario: Scenario, version: number, towers: PolicyTowers): ServingLoop {
    const key = `${scenario.name}/${version}`;
    const { forgetting } = scenario.fastLoop;
    const loop = loops.get(key) ?? {
      scenario,
      towers,
      renewal: countRenewal(forgetting, scenario.slateSize),
      askedAt: 0,
      isCurrent: false,
      dueAt: 0,
    };
    loop.askedAt = clock();
    loops.set(key, loop);
    return loop;
  }

  const idle = async () => {
    await Promise.all([...loops.values()].map(({ running }) => running));
  };

  return {
    logits: async (scenario, { version, policy }, request) => {
      const { towers } = policy;
      const { state, views } = request;
      if (towers === undefined || !servesWithLoop(scenario.fastLoop, towers.ground))
        return { logits: await policy.logits(state, views) };
      return drawWith(find(scenario, version, towers), towers, request);
    },
    learn: (scenario) => {
      for (const [key, loop] of loops) {
        if (loop.scenario !== scenario || loop.running || loop.dueAt > clock()) continue;
        if (loop.askedAt + restLimit < clock()) loops.delete(key);
        else catchUpBehind(loop, parts);
      }
    },
    forgetBefore: (lastErasure) => {
      if (lastErasure > newest) loops.clear();
      newest = Math.max(newest, lastErasure);
    },
    problems: () => [...loops.values()].flatMap(({ problem }) => problem ?? []),
    idle,
    close: () => {
      isClosed = true;
      return idle();
    },
  };
}
