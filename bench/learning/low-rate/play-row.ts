import type { CatalogueVisit, World } from "../../../src/domain/world.ts";
import { runClosedLoop } from "../../../src/lab/closed-loop/closed-loop.ts";
import type { CycleReward } from "../../../src/lab/closed-loop/play.ts";
import type { StrategyName } from "../../../src/lab/closed-loop/strategy.ts";
import { worldConfiguration } from "../../../src/lab/closed-loop/world-configuration.ts";
import type { Store } from "../../../src/storage/store.ts";
import { valuePolicy } from "./true-value.ts";

export interface Promotion {
  /** After which it serves. */
  readonly cycle: number;
  /** True rewards of the replaced policy and of the new one, a slate. */
  readonly before: number;
  readonly after: number;
}

export interface PlayedRow {
  /** By cycle: mean true reward of the slates that were served, exploration included. */
  readonly rewards: readonly number[];
  /** By cycle: what the update said. */
  readonly notes: readonly string[];
  readonly promotions: readonly Promotion[];
}

/** Watches which policy serves; one that is newer than the one before was promoted. */
function watchPromotions(world: World<CatalogueVisit>, strategy: StrategyName) {
  const promotions: Promotion[] = [];
  const scenario = worldConfiguration(world, strategy).scenarios[0]!;
  let serving: number | undefined;
  const watch = async ({ cycle }: CycleReward, store: Store) => {
    const { serving: now } = await store.policies.assignment(world.name);
    const earlier = serving ?? 1;
    serving = now;
    if (now === undefined || now <= earlier) return;
    const place = { store, world, scenario };
    const before = await valuePolicy(earlier, place);
    promotions.push({ cycle, before, after: await valuePolicy(now, place) });
  };
  return { promotions, watch };
}

/** One loop of the product in the world: record, networks, cycles and serving are its own. */
export async function playRow(options: {
  readonly world: World<CatalogueVisit>;
  readonly strategy: StrategyName;
  readonly seed: number;
  readonly cycles: number;
  readonly visitsPerCycle: number;
  readonly onCycle: (result: CycleReward) => void;
}): Promise<PlayedRow> {
  const { world, strategy, seed, cycles, visitsPerCycle, onCycle } = options;
  const { promotions, watch } = watchPromotions(world, strategy);
  const played = await runClosedLoop({
    world,
    strategy,
    seed,
    cycles,
    threads: 1,
    decisionsPerCycle: visitsPerCycle,
    onCycle: async (result, store) => {
      await watch(result, store);
      onCycle(result);
    },
  });
  return {
    rewards: played.map(({ meanReward }) => meanReward),
    notes: played.map(({ note }) => note),
    promotions,
  };
}
