import { EngineError } from "../../../domain/errors.ts";
import type { ItemId } from "../../../domain/ids.ts";
import { signalScale } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { largestOf, normaliseLogs } from "../../../numeric/log-probabilities.ts";
import type { RandomStream } from "../../../numeric/random.ts";
import type { Encoder } from "../../../policy/encoder/encoder.ts";
import type { ItemView } from "../../../policy/policy.ts";
import { drawIndex } from "../../../policy/slate.ts";
import { joinRules } from "../../rules/offer-rules.ts";
import { createState } from "../../state/read-state.ts";
import type { HeldOut, ItemContext } from "./slate-cases.ts";

const imagined = 200;
const historyLength = 5;

/** A type of event that the scenario wants. */
const wantedType = ({ reward: { weights } }: Scenario): string =>
  Object.entries(weights).reduce((best, one) => (one[1] > best[1] ? one : best))[0];

function stateOf(items: readonly ItemId[], { scenario, catalogue }: ItemContext, now: number) {
  const event = { type: wantedType(scenario), value: signalScale(scenario.reward) };
  const history = items.map((itemId, index) => ({
    ...event,
    itemId,
    sequence: index + 1,
    occurredAt: now,
  }));
  return createState({ user: { history, attributes: {} }, catalogue, scenario, context: {} });
}

/** Items that a history does not have, with their chances by the encoder's own distribution. */
async function foresee(
  encoder: Encoder,
  history: readonly ItemId[],
  { views, context, now }: ImagineOptions & { readonly views: readonly ItemView[] },
) {
  const left = views.filter(({ itemId }) => !history.includes(itemId));
  const state = stateOf(history, context, now);
  await encoder.encode([state]);
  return { left, shares: normaliseLogs(encoder.logOdds(state, left)).map(Math.exp) };
}

function itemAt(views: readonly ItemView[], index: number): ItemView {
  const view = views[index];
  if (view === undefined) throw new RangeError("no item is left for an imagined user");
  return view;
}

/**
 * Items that imagined users choose from; asked before a training, so that none is in vain.
 * @throws conflict if they are too few
 */
export function offeredItems(
  { scenario, catalogue }: ItemContext,
  now: number,
): Pick<HeldOut, "rules"> & { readonly views: readonly ItemView[] } {
  const rules = joinRules(scenario, undefined, now);
  const views = catalogue.available(rules);
  if (views.length > historyLength) return { rules, views };
  throw new EngineError(
    "conflict",
    `scenario ${scenario.name} offers ${views.length} items, and a private training takes ${historyLength + 1} at the least; add items, or leave privacy.differential out`,
  );
}

interface ImagineOptions {
  readonly context: ItemContext;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly random: RandomStream;
}

/**
 * Users that an encoder makes up, with the item that it expects most of them next. They cost no privacy,
 * so a choice may be made on them where real users may not be looked at.
 */
export async function imagineUsers(
  encoder: Encoder,
  options: ImagineOptions,
): Promise<readonly HeldOut[]> {
  const { context, now } = options;
  const { rules, views } = offeredItems(context, now);
  const users: HeldOut[] = [];
  while (users.length < imagined) {
    const history: ItemId[] = [];
    while (history.length < historyLength) {
      const { left, shares } = await foresee(encoder, history, { ...options, views });
      history.push(itemAt(left, drawIndex(shares, options.random.uniform())).itemId);
    }
    const { left, shares } = await foresee(encoder, history, { ...options, views });
    const next = itemAt(left, shares.indexOf(largestOf(shares)));
    const leftOut = new Set(context.scenario.excludeSeen === false ? [] : history);
    users.push({ state: stateOf(history, context, now), next, leftOut, rules, codes: [] });
  }
  return users;
}
