import type { Feedback } from "../../domain/decision.ts";
import type { Scenario } from "../../domain/scenario.ts";
import {
  createResidualModel,
  type FastDecision,
  type ResidualModel,
} from "../../policy/fast-loop/residual-model.ts";
import type { PolicyTowers } from "../../policy/policy.ts";
import type { Store } from "../../storage/store.ts";
import { viewLogged } from "../candidates.ts";
import { createCatalogue } from "../catalogue.ts";
import { normaliseReward } from "../cycle/settle-reward.ts";
import { createState, readUser } from "../read-state.ts";
import type { TextSettings } from "../text/text-features.ts";

/** Decisions that are learnt together: the model only moves from one multiple of it to the next. */
export const blockSize = 16;

/** What is left of an event's weight when its model gives way: e⁻⁴ is 2 %. */
const renewalLifetimes = 4;

/** Decisions after which the older model gives way: those in which an event's weight falls to 2 %. */
export function countRenewal(forgetting: number, slateSize: number): number {
  const decisions = renewalLifetimes / (1 - forgetting) / slateSize;
  return blockSize * Math.ceil(decisions / blockSize);
}

export interface FoldParts {
  readonly store: Store;
  readonly text: TextSettings | undefined;
  readonly scenario: Scenario;
  readonly towers: PolicyTowers;
  readonly forgetting: number;
  readonly temperature: number;
  /** A multiple of `blockSize`. */
  readonly renewal: number;
}

/**
 * The fast loop's model as a fold over the scenario's decisions and their rewards, in order of event number. So that it
 * follows from a bounded part of the record, it is one of two models: at each multiple of `renewal` decisions a new one
 * begins and the one that began a `renewal` before takes over. After n decisions it has learnt from the last `renewal`
 * to 2·`renewal` of them, and any process that reads the record comes to the same model.
 */
export interface Fold {
  /** Event number of the newest decision that was learnt from, 0 where there was none. */
  readonly through: number;
  /** Absent before the first block, and until it has all that it has to remember. */
  readonly model: ResidualModel | undefined;
  /** Learns the next block if it is whole and due. Not to be called again before it is done. */
  next(isDue: (block: readonly Feedback[]) => boolean): Promise<boolean>;
}

/** A decision as a policy sees it that may be another than the one that made it. */
async function toFastDecision(
  { store, scenario, towers }: FoldParts,
  { decision, rewards }: Feedback,
  catalogue: ReturnType<typeof createCatalogue>,
): Promise<FastDecision> {
  const user = await readUser(store, decision.userId, decision.asOf);
  const state = createState({ user, catalogue, scenario, context: decision.context });
  const views = decision.candidates.map((candidate) => viewLogged(candidate, catalogue));
  const order = decision.candidates.map(({ itemId }) => itemId);
  const shown = decision.slate.map((itemId, position) => ({
    itemId,
    isKnown: towers.isKnown(itemId),
    candidate: order.indexOf(itemId),
    position,
    reward: normaliseReward(rewards[position], scenario.reward),
  }));
  const represented = await towers.represent(state, views);
  // A row that was changed by hand must not stop what comes after it.
  return { towers: represented, shown: shown.filter(({ candidate }) => candidate >= 0) };
}

/** @param from decisions, after which the fold must give its model */
export async function createFold(parts: FoldParts, from: number): Promise<Fold> {
  const { store, scenario, renewal } = parts;
  const create = () => createResidualModel(parts);
  const start = renewal * Math.max(0, Math.floor(from / renewal) - 1);
  const catalogue = createCatalogue(store.items, parts.text);
  let count = start;
  let through = start === 0 ? 0 : ((await store.decisions.nth(scenario.name, start)) ?? 0);
  let [older, newer] = [create(), create()];

  const readBlock = () =>
    store.decisions.feedback({
      scenario: scenario.name,
      after: through,
      closedBefore: Number.MAX_SAFE_INTEGER,
      limit: blockSize,
    });

  return {
    get through() {
      return through;
    },
    get model() {
      const isWhole = start === 0 || count >= start + renewal;
      return isWhole && older.isReady ? older : undefined;
    },
    next: async (isDue) => {
      const block = await readBlock();
      const last = block[blockSize - 1];
      if (last === undefined || !isDue(block)) return false;
      // As of the block and not of each decision, so that it only moves forward.
      await catalogue.refresh(last.sequence);
      const decisions: FastDecision[] = [];
      for (const feedback of block)
        decisions.push(await toFastDecision(parts, feedback, catalogue));
      // All at once: requests see the models between blocks only.
      older.learn(decisions);
      newer.learn(decisions);
      count += blockSize;
      through = last.sequence;
      if (count % renewal === 0) [older, newer] = [newer, create()];
      return true;
    },
  };
}
