import { itemId } from "../../src/domain/ids.ts";
import type { World } from "../../src/domain/world.ts";
import type { RecurveClient } from "../../src/sdk/client.ts";

export interface Driven {
  readonly recommendations: number;
  readonly seconds: number;
  /** Of each recommendation, from the request to the answer's last byte. */
  readonly latenciesMs: readonly number[];
}

/**
 * Plays visits of the world against the server: a slate of the whole catalogue, then what the user clicks on it. Each
 * connection asks again as soon as it is answered.
 */
export async function drive(options: {
  readonly client: RecurveClient;
  readonly world: World;
  readonly connections: number;
  readonly seconds: number;
}): Promise<Driven> {
  const { client, world, connections, seconds } = options;
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const end = startedAt + 1000 * seconds;
  let turns = 0;

  async function play(turn: number): Promise<void> {
    const { userId, context } = world.visit(turn);
    const askedAt = performance.now();
    const { decisionId, slate } = await client.recommend({
      userId,
      context,
      slateSize: world.slateSize,
    });
    latenciesMs.push(performance.now() - askedAt);
    const shown = slate.map((entry) => itemId(entry.itemId));
    const clicks = world
      .react(turn, shown)
      .map((reaction) => ({ ...reaction, userId, decisionId }));
    if (clicks.length > 0) await client.sendEvents(clicks);
  }
  const keepPlaying = async () => {
    while (performance.now() < end) await play(turns++);
  };
  await Promise.all(Array.from({ length: connections }, keepPlaying));
  const taken = (performance.now() - startedAt) / 1000;
  return { recommendations: latenciesMs.length, seconds: taken, latenciesMs };
}
