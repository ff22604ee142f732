import type { ItemId } from "../../domain/ids.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Catalogue } from "../state/catalogue.ts";
import { createState } from "../state/read-state.ts";
import { eligible } from "./candidates.ts";
import { scoreBest } from "./retriever.ts";

/** Items that are scored without a pause. */
const sliceItems = 500;

/** A policy that has scored the catalogue has embedded its items, and opened its sessions. */
export async function warmUp(
  policy: Policy,
  {
    catalogue,
    scenarios,
  }: { readonly catalogue: Catalogue; readonly scenarios: readonly Scenario[] },
): Promise<void> {
  const [first] = catalogue.available();
  const [scenario] = scenarios;
  if (first === undefined || scenario === undefined) return;
  // A history, for an encoder has little to do without one.
  const event = { itemId: first.itemId, type: "", value: 1, occurredAt: 0, sequence: 0 };
  const user = { history: [event], attributes: {} };
  const state = createState({ user, catalogue, scenario, context: {} });
  const rules = { except: new Set<ItemId>(), categories: [], filters: [], now: 0 };
  const offered = eligible({ candidates: undefined, catalogue, rules, leftOut: new Set() });
  const limit = Math.min(scenario.maxCandidates, offered.count);
  // A policy places an item once. The whole list is then looked up, which holds other work up for less long.
  for (let start = 0; start < offered.list.length; start += sliceItems) {
    await policy.logits(state, offered.list.slice(start, start + sliceItems));
    await new Promise(setImmediate);
  }
  await scoreBest(policy, state, { offered, limit });
  await policy.towers?.represent(state, [first]);
}
