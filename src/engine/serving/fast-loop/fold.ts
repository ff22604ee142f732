import { worthOf } from "../../../domain/campaign.ts";
import { consents } from "../../../domain/consent.ts";
import type { Feedback } from "../../../domain/decision.ts";
import { normaliseReward, settleReward, wasViewed } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { FastDecision, ShownItem } from "../../../policy/fast-loop/fast-decision.ts";
import { widestPrior } from "../../../policy/fast-loop/prior-strength.ts";
import { blockSize, createRenewedModel } from "../../../policy/fast-loop/renewed-model.ts";
import {
  createResidualModel,
  type ResidualModel,
} from "../../../policy/fast-loop/residual-model.ts";
import { createValueModel } from "../../../policy/fast-loop/value-model.ts";
import type { PolicyTowers } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import { visibleRecord } from "../../privacy/visible-record.ts";
import { pinnedItems } from "../../rules/draw-rules.ts";
import { type CatalogueAsOf, createCatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { createState, readUser } from "../../state/read-state.ts";
import type { TextSettings } from "../../state/text/text-features.ts";
import { viewLogged } from "../candidates.ts";
import { viewMoment } from "../view-moment.ts";

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
 * The fast loop's model as a fold over the scenario's decisions and their rewards, in order of
 * event number. It follows from a bounded part of the record, so any process that reads the record
 * derives the same model.
 */
export interface RecordFold {
  /** Event number of the newest decision that was learnt from, 0 if there was none. */
  readonly through: number;
  /** Absent before the first block, and until it has all that it has to remember. */
  readonly model: ResidualModel | undefined;
  /** Learns the next block if it is whole and due. Not to be called again before it is done. */
  next(isDue: (block: readonly Feedback[]) => boolean): Promise<boolean>;
}

/** The reward of a position: as a share of the reward range; of an ad in prices, in [−1, 1], undefined if it pays for impressions. */
function earned(
  { ads, reward: rule }: Scenario,
  { decision, rewards }: Feedback,
  position: number,
): Pick<ShownItem, "reward" | "outcome"> | undefined {
  const settled = rewards[position];
  if (ads === undefined) return { reward: normaliseReward(settled, rule) };
  const ad = decision.ads?.[position];
  const outcome = ads.outcomes.indexOf(ad?.pays ?? "");
  if (ad === undefined || outcome < 0) return undefined;
  const prices = settleReward(settled, rule) / worthOf(ad);
  return { reward: Math.max(-1, Math.min(1, prices)), outcome };
}

/** A decision as any policy sees it, not only the one that made it. */
async function toFastDecision(
  { store, scenario, towers }: FoldParts,
  feedback: Feedback,
  catalogueAsOf: CatalogueAsOf,
): Promise<FastDecision> {
  const { decision } = feedback;
  const { seen } = await visibleRecord(store, decision);
  const user = await readUser(seen, decision.userId, decision.asOf);
  const catalogue = await catalogueAsOf(decision.asOf);
  const state = createState({ user, catalogue, scenario, context: decision.context });
  const views = await viewMoment(seen, decision, { catalogue, view: viewLogged });
  const order = decision.candidates.map(({ itemId }) => itemId);
  const shown = decision.slate.flatMap((itemId, position): ShownItem[] => {
    const own = earned(scenario, feedback, position);
    const place = { isKnown: towers.isKnown(itemId), candidate: order.indexOf(itemId), position };
    return own ? [{ itemId, ...place, ...own }] : [];
  });
  const represented = await towers.represent(state, views);
  const pinned = pinnedItems(decision);
  // A row changed by hand must not stop the later ones, items that nobody viewed are no refusals, and pinned ones were not chosen.
  return {
    userId: decision.userId,
    towers: represented,
    shown: shown.filter(
      ({ itemId, candidate, position }) =>
        candidate >= 0 && wasViewed(feedback, position) !== false && !pinned.has(itemId),
    ),
  };
}

/** By the consent of the block's newest decision, so that every process learns from the same ones. */
async function mayTeach(
  { consents: stated }: Store,
  { decision, isUntrained }: Feedback,
  through: number,
): Promise<boolean> {
  if (isUntrained) return false;
  const defaults = decision.servingRule?.consent;
  return consents(await stated.of(decision.userId, through), "train", defaults);
}

/** @param from decisions on record, after which the fold must give its model */
export async function createRecordFold(parts: FoldParts, from: number): Promise<RecordFold> {
  const { store, scenario, renewal } = parts;
  // Those that retention removed are counted: blocks begin where they did before.
  const missing = await store.retention.prunedDecisions(scenario.name);
  const { ads, social } = scenario;
  // Posts are new every day, and have to be found out.
  const model = { ...parts, ...(!social && { widest: widestPrior }) };
  const create = () =>
    ads ? createValueModel(parts, ads.outcomes.length) : createResidualModel(model);
  const renewed = createRenewedModel(create, { renewal, missing, from: from + missing });
  const start = renewed.count - missing;
  const catalogueAsOf = createCatalogueAsOf(store.items, parts.text);
  let through = start <= 0 ? 0 : ((await store.decisions.nth(scenario.name, start)) ?? 0);

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
      return renewed.model;
    },
    next: async (isDue) => {
      const block = await readBlock();
      const last = block[blockSize - 1];
      if (last === undefined || !isDue(block)) return false;
      const decisions: FastDecision[] = [];
      for (const feedback of block)
        if (await mayTeach(store, feedback, last.sequence))
          decisions.push(await toFastDecision(parts, feedback, catalogueAsOf));
      // All at once: requests see the model between blocks only.
      renewed.learn(decisions);
      through = last.sequence;
      return true;
    },
  };
}
