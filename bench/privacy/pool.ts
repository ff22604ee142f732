import type { UserId } from "../../src/domain/ids.ts";
import type { Visit, World } from "../../src/domain/world.ts";
import { createSyntheticWorld } from "../../src/lab/worlds/synthetic-world.ts";
import { createRandom, shuffle } from "../../src/numeric/random.ts";

const items = 200;
const worldSeed = 1;
/** Visits that measure a policy. */
const visits = 2000;

/** Users with their clicks, of whom half are members: a policy is trained on them, and on nobody else. */
export const createPool = (users: number) => {
  const world = createSyntheticWorld({ seed: worldSeed, items, users });
  const events = new Map<UserId, World["history"][number][]>();
  for (const event of world.history)
    events.set(event.userId, [...(events.get(event.userId) ?? []), event]);
  return { world, events };
};

export type Pool = ReturnType<typeof createPool>;

/** Other members with each seed. */
export function drawMembers({ world: { users } }: Pool, seed: number): ReadonlySet<UserId> {
  const mixed = shuffle([...users], createRandom(seed).split("members"));
  return new Set(mixed.slice(0, users.length / 2).map(({ userId }) => userId));
}

export interface MeasuredVisit {
  readonly turn: number;
  readonly visit: Visit;
}

/** Visits of users who are no members. */
export function visitsOfOthers(
  { world }: Pool,
  members: ReadonlySet<UserId>,
): readonly MeasuredVisit[] {
  const found: MeasuredVisit[] = [];
  for (let turn = 0; found.length < visits; turn++) {
    const visit = world.visit(turn);
    if (!members.has(visit.userId)) found.push({ turn, visit });
  }
  return found;
}
