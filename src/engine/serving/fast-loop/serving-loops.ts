import type { Feedback } from "../../../domain/decision.ts";
import type { FastLoopMark } from "../../../domain/fast-loop.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import { countRenewal } from "../../../policy/fast-loop/renewed-model.ts";
import { modelVersion } from "../../../policy/fast-loop/residual-model.ts";
import type { ItemView, Policy, PolicyState, PolicyTowers } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { drawLogits } from "./draw-logits.ts";
import { createRecordFold, type RecordFold } from "./fold.ts";

/** Milliseconds after the end of a reward window: a reward that was taken before it may still wait for its commit. */
const commitAllowance = 10_000;
/** Milliseconds without a request after which a policy's loop is given up: it was replaced, or its arm has ended. */
const restLimit = 3_600_000;
/** Loops kept: serving, canary and holdback of some scenarios. */
const capacity = 24;

export interface FastLogits {
  readonly logits: Float64Array;
  /** Absent if the logits are the policy's alone. */
  readonly mark?: FastLoopMark;
}

/** The fast loops of a serving process: they learn behind the requests, each policy its own. */
export interface FastLoops {
  logits(
    scenario: Scenario,
    served: { readonly version: number; readonly policy: Policy },
    situation: {
      readonly userId: UserId;
      readonly state: PolicyState;
      readonly views: readonly ItemView[];
      readonly random: RandomStream;
    },
  ): Promise<FastLogits>;
  /** Starts to learn from the scenario's new feedback, and does not wait for the end. */
  learn(scenario: Scenario): void;
  problems(): readonly string[];
  /** Resolves when nothing is being learnt. */
  idle(): Promise<void>;
  /** Stops after the blocks that are being learnt: a loop that has just begun may have thousands before it. */
  close(): Promise<void>;
}

interface Loop {
  readonly scenario: Scenario;
  readonly towers: PolicyTowers;
  readonly renewal: number;
  fold?: RecordFold;
  askedAt: number;
  /** It has learnt all that was due when it last looked. */
  isCurrent: boolean;
  /** No block can be due before, milliseconds since 1970. */
  dueAt: number;
  running?: Promise<void>;
  problem?: string;
}

export function createFastLoops(options: {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly clock: () => number;
}): FastLoops {
  const { store, configuration, clock } = options;
  const loops = new Map<string, Loop>();
  let isClosed = false;

  function find(scenario: Scenario, version: number, towers: PolicyTowers): Loop {
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
    // Re-inserted so that the map's order is the order of use.
    loops.delete(key);
    loops.set(key, loop);
    const [oldest] = loops.keys();
    if (loops.size > capacity && oldest !== undefined) loops.delete(oldest);
    return loop;
  }

  /** When the block can be due: it closes with its last window, and a window that isn't open yet ends even later. */
  function isDue(loop: Loop, block: readonly Feedback[]): boolean {
    const closesAt = Math.max(...block.map(({ decision }) => decision.expiresAt));
    loop.dueAt = closesAt + commitAllowance;
    return loop.dueAt <= clock();
  }

  async function catchUp(loop: Loop): Promise<void> {
    const { scenario, towers, renewal } = loop;
    const { forgetting, temperature } = scenario.fastLoop;
    if (loop.fold === undefined) {
      const parts = { store, text: configuration.text, scenario, towers, renewal };
      // Those whose window is open, however many, are not learnt from yet.
      const closed = await store.decisions.closedSpan({
        scenario: scenario.name,
        after: 0,
        closedBefore: clock() - commitAllowance,
      });
      loop.fold = await createRecordFold({ ...parts, forgetting, temperature }, closed.count);
    }
    const emptyUntil = clock() + scenario.reward.windowSeconds * 1000 + commitAllowance;
    loop.dueAt = emptyUntil;
    while (await loop.fold.next((block) => isDue(loop, block))) {
      if (isClosed) return;
      loop.dueAt = emptyUntil;
    }
    loop.isCurrent = true;
  }

  const idle = async () => {
    await Promise.all([...loops.values()].map(({ running }) => running));
  };

  return {
    logits: async (scenario, { version, policy }, { userId, state, views, random }) => {
      const { towers } = policy;
      if (!scenario.fastLoop.enabled || towers === undefined)
        return { logits: await policy.logits(state, views) };
      const loop = find(scenario, version, towers);
      const represented = await towers.represent(state, views);
      const { fold, renewal } = loop;
      const model = loop.isCurrent ? fold?.model : undefined;
      if (fold === undefined || model === undefined) return { logits: represented.logits };
      const { forgetting, temperature, drawScale } = scenario.fastLoop;
      const settings = { forgetting, temperature, drawScale };
      const visit = { userId, towers: represented };
      const mark = { version: modelVersion, through: fold.through, renewal, ...settings };
      const logits = drawLogits({ model, visit, views, towers, settings, random });
      return { logits, mark };
    },
    learn: (scenario) => {
      for (const [key, loop] of loops) {
        if (loop.scenario !== scenario || loop.running || loop.dueAt > clock()) continue;
        if (loop.askedAt + restLimit < clock()) {
          loops.delete(key);
          continue;
        }
        loop.running = catchUp(loop)
          .then(
            () => delete loop.problem,
            (error: Error) => {
              loop.problem = `the fast loop of ${scenario.name} can't learn: ${error.message}`;
            },
          )
          .then(() => {
            delete loop.running;
          });
      }
    },
    problems: () => [...loops.values()].flatMap(({ problem }) => problem ?? []),
    idle,
    close: () => {
      isClosed = true;
      return idle();
    },
  };
}
