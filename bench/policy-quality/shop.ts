import type { InteractionData } from "../../src/analysis/ranking/interaction-data.ts";
import type { BehaviourEvent } from "../../src/domain/behaviour.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../src/engine/configuration/configuration.ts";
import type { Store } from "../../src/engine/open-store.ts";

export const threads = 2;
const slateSize = 10;
const pageSize = 1000;

const items = {
  name: "items",
  slateSize,
  excludeSeen: true,
  reward: { weights: { interaction: 1 }, windowSeconds: 600, maximum: 1 },
};

/** A shop that recommends each item once, from the whole catalogue. @param epsilon of a private training; 0: it is not private */
export const configureShop = (epsilon: number): Configuration =>
  parseConfiguration({
    scenarios: [items],
    // Enough for preset large.
    learner: { maxMemory: 16_384 },
    ...(epsilon > 0 && { privacy: { differential: { epsilon, trainings: 1 } } }),
  });

export const configuration = configureShop(0);
export const scenario = configuration.scenarios[0]!;

/** @param pick the part of a user's items that become events */
export function eventsOf(
  { sequences, users, items }: InteractionData,
  pick: (sequence: readonly number[]) => readonly number[],
): BehaviourEvent[] {
  return sequences.flatMap((sequence, user) =>
    pick(Array.from(sequence)).map((item) => ({
      userId: users[user]!.userId,
      itemId: items[item]!.itemId,
      type: "interaction",
      value: 1,
      occurredAt: 0,
    })),
  );
}

export async function record(
  { events }: Store,
  behaviour: readonly BehaviourEvent[],
): Promise<void> {
  for (let start = 0; start < behaviour.length; start += pageSize)
    await events.record(behaviour.slice(start, start + pageSize).map((event) => ({ event })));
}
