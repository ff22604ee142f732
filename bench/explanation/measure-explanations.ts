import type { Decision } from "../../src/domain/decision.ts";
import type { UserId } from "../../src/domain/ids.ts";
import { createLogitDeriver } from "../../src/engine/audit/derive-logits.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import {
  type ExplainerParts,
  openDerivedSlate,
} from "../../src/engine/explanation/explain-decision.ts";
import {
  explainHistory,
  leaveEventsOut,
  nameEvents,
} from "../../src/engine/explanation/explain-history.ts";
import { shiftWithout } from "../../src/engine/explanation/slate-without.ts";
import type { Store } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { sampleIndices } from "../../src/numeric/sample-indices.ts";
import { configuration, scenario } from "../policy-quality/shop.ts";

/** Shifts of one slate without as many events each. */
export interface ExplainedShift {
  readonly events: number;
  readonly named: number;
  readonly byAttention: number;
  /** Other events than the named ones, by seed of the draw. */
  readonly random: readonly number[];
  /** Other events than those of the largest attention. */
  readonly randomForAttention: readonly number[];
  readonly ms: number;
}

/** Decisions of different users by the trained policy. */
export async function decide(
  store: Store,
  users: readonly UserId[],
  count: number,
): Promise<readonly Decision[]> {
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration,
    clock: Date.now,
    random: createRandom(1).split("explanation"),
    createId: () => `explained-${++ids}-${Date.now()}`,
  });
  const decisions: Decision[] = [];
  try {
    for (const userId of users) {
      if (decisions.length === count) break;
      const { decision } = await engine.recommend({ userId, scenario: scenario.name });
      if (decision.arm === "serving") decisions.push(decision);
    }
  } finally {
    await engine.close();
  }
  return decisions;
}

/** The places of the largest shares among those that the explanation leaves out. */
const mostAttended = (
  history: Awaited<ReturnType<typeof explainHistory>>,
  places: readonly number[],
  count: number,
) =>
  places
    .toSorted((left, right) => (history[right]?.attention ?? 0) - (history[left]?.attention ?? 0))
    .slice(0, count);

/** Undefined if the user has too few events for others to be left out. */
async function measureOne(
  parts: ExplainerParts,
  decision: Decision,
  seeds: readonly number[],
): Promise<ExplainedShift | undefined> {
  const slate = await openDerivedSlate(parts, decision);
  const began = performance.now();
  const shifts = await leaveEventsOut(slate);
  const { events, shift } = await nameEvents(slate, shifts);
  const history = await explainHistory(slate, shifts);
  const ms = performance.now() - began;
  const places = [...shifts.keys()];
  if (places.length < 2 * events.length) return undefined;
  const attended = mostAttended(history, places, events.length);
  const shiftOf = async (left: readonly number[]) =>
    (await shiftWithout(slate, new Set(left))).shift;
  const drawOthers = async (than: readonly number[], seed: number) => {
    const others = places.filter((place) => !than.includes(place));
    const random = createRandom(seed).split(decision.userId);
    const drawn = sampleIndices(events.length, others.length, random);
    return shiftOf(drawn.map((index) => others[index]!));
  };
  const [random, randomForAttention]: number[][] = [[], []];
  for (const seed of seeds) {
    random!.push(await drawOthers(events, seed));
    randomForAttention!.push(await drawOthers(attended, seed));
  }
  return {
    events: events.length,
    named: shift,
    byAttention: await shiftOf(attended),
    random: random!,
    randomForAttention: randomForAttention!,
    ms,
  };
}

/** @param seeds of the draws */
export async function measureExplanations(
  store: Store,
  decisions: readonly Decision[],
  seeds: readonly number[],
): Promise<readonly ExplainedShift[]> {
  const deriver = createLogitDeriver(store, configuration);
  const measured: ExplainedShift[] = [];
  try {
    for (const decision of decisions) {
      const one = await measureOne({ store, deriver }, decision, seeds);
      if (one) measured.push(one);
    }
  } finally {
    await deriver.close();
  }
  return measured;
}
