import type { Feedback } from "../../../domain/decision.ts";
import type { FastLoopMark } from "../../../domain/fast-loop.ts";
import type { UserId } from "../../../domain/ids.ts";
import { openMs } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import { modelVersion } from "../../../policy/fast-loop/residual-model.ts";
import type { ItemView, PolicyState, PolicyTowers } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import type { TextSettings } from "../../state/text/text-features.ts";
import { type DrawnAds, drawLogits } from "./draw-logits.ts";
import { createRecordFold, type RecordFold } from "./fold.ts";

/** Milliseconds after the close of a decision: a reward that was taken before it may still wait for its commit. */
const commitAllowance = 10_000;

export interface FastLogits {
  readonly logits: Float64Array;
  /** Absent if the logits are the policy's alone. */
  readonly mark?: FastLoopMark;
  /** Logits without the luck of the draw, in a scenario with ads. */
  readonly calm?: Float64Array;
}

/** A request of a user, as the policy sees it. */
export interface LoopRequest {
  /** Undefined of one who is served as a stranger: nothing is known of such a user alone. */
  readonly userId: UserId | undefined;
  readonly state: PolicyState;
  readonly views: readonly ItemView[];
  readonly random: RandomStream;
  /** Of the views, in a scenario with ads. */
  readonly ads?: DrawnAds | undefined;
}

/** The fast loop of one policy of a scenario. */
export interface ServingLoop {
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

/** When the block can be due: it closes with its last decision, and one that isn't made yet closes even later. */
function isDue(loop: ServingLoop, block: readonly Feedback[], now: number): boolean {
  const closesAt = Math.max(...block.map(({ decision }) => decision.expiresAt));
  loop.dueAt = closesAt + commitAllowance;
  return loop.dueAt <= now;
}

export interface LoopParts {
  readonly store: Store;
  readonly text: TextSettings | undefined;
  readonly clock: () => number;
  readonly isClosed: () => boolean;
}

async function startFold(
  { scenario, towers, renewal }: ServingLoop,
  { store, text, clock }: LoopParts,
): Promise<RecordFold> {
  const { forgetting, temperature } = scenario.fastLoop;
  // Those that are open, however many, are not learnt from yet.
  const closed = await store.decisions.closedSpan({
    scenario: scenario.name,
    after: 0,
    closedBefore: clock() - commitAllowance,
  });
  const parts = { store, text, scenario, towers, forgetting, temperature, renewal };
  return createRecordFold(parts, closed.count);
}

/** Learns all blocks that are due. */
async function catchUp(loop: ServingLoop, parts: LoopParts): Promise<void> {
  const { clock, isClosed } = parts;
  loop.fold ??= await startFold(loop, parts);
  const emptyUntil = clock() + openMs(loop.scenario.reward) + commitAllowance;
  loop.dueAt = emptyUntil;
  while (await loop.fold.next((block) => isDue(loop, block, clock()))) {
    if (isClosed()) return;
    loop.dueAt = emptyUntil;
  }
  loop.isCurrent = true;
}

/** Catches up while the caller continues; an error becomes the problem of the loop. */
export function catchUpBehind(loop: ServingLoop, parts: LoopParts): void {
  loop.running = catchUp(loop, parts)
    .then(
      () => delete loop.problem,
      (error: Error) => {
        loop.problem = `the fast loop of ${loop.scenario.name} can't learn: ${error.message}`;
      },
    )
    .then(() => {
      delete loop.running;
    });
}

/** The policy's logits, with a draw of the loop's model as soon as it has learnt. */
export async function drawWith(
  loop: ServingLoop,
  towers: PolicyTowers,
  { userId, state, views, random, ads }: LoopRequest,
): Promise<FastLogits> {
  const represented = await towers.represent(state, views);
  const { fold, renewal } = loop;
  const model = loop.isCurrent ? fold?.model : undefined;
  if (fold === undefined || model === undefined) return { logits: represented.logits };
  const { forgetting, temperature, drawScale } = loop.scenario.fastLoop;
  const settings = { forgetting, temperature, drawScale };
  const visit = { userId, towers: represented };
  const mark = { version: modelVersion, through: fold.through, renewal, ...settings };
  const drawing = { model, visit, views, towers, settings, ads, random };
  const { below, ...drawn } = drawLogits(drawing);
  return { ...drawn, mark: below.length > 0 ? { ...mark, below } : mark };
}
