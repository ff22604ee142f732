import { expect } from "vitest";
import { createSatiationWorld } from "../../bench/learning/sessions/satiation-world.ts";
import type { Cycle } from "../../src/domain/cycle.ts";
import { itemId, userId } from "../../src/domain/ids.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { runCycle } from "../../src/engine/learner/cycle/run-cycle.ts";
import type { Store } from "../../src/storage/store.ts";
import { openTestEngine, type TestEngine } from "./engine.ts";
import { sampleItem } from "./sample.ts";

const secondsPerStep = 10;
const windowSeconds = 60;
const world = createSatiationWorld({ seed: 101 });
const ids = Array.from(world.topics, (_, item) => itemId(`i-${item}`));

const written = (discount: number) => ({
  scenarios: [
    {
      name: "feed",
      slateSize: 1,
      excludeSeen: false,
      discount,
      sessionGapSeconds: 60,
      reward: { weights: { click: 1 }, windowSeconds, graceSeconds: 0, maximum: 1 },
    },
  ],
  baselineShare: 0,
});

export interface PlayedSession {
  readonly decisions: number;
  readonly clicks: number;
}

/** A new user with likings as attributes; items show their genre, what is consumed is a click. */
async function playOne({ engine, advance }: TestEngine, index: number): Promise<PlayedSession> {
  const session = world.start(index);
  const visitor = userId(`visitor-${index}`);
  const likings = Array.from(session.interests, (liking, g) => [`likes-genre-${g}`, liking]);
  await engine.putUsers([{ userId: visitor, attributes: Object.fromEntries(likings) }]);
  const played = { decisions: 0, clicks: 0 };
  while (!session.over) {
    advance(secondsPerStep);
    const offered = Array.from(session.candidates, (item) => ids[item]!);
    const { decision } = await engine.recommend({
      userId: visitor,
      candidates: offered.map((id) => ({ itemId: id })),
    });
    const [shown = itemId("")] = decision.slate;
    played.decisions++;
    if (session.choose([offered.indexOf(shown)]).consumed < 0) continue;
    played.clicks++;
    const { decisionId } = decision;
    await engine.record([{ type: "click", userId: visitor, itemId: shown, decisionId }]);
  }
  return played;
}

/** The real loop in the satiation world, one session after another: what was played in each cycle, and the cycles. */
export async function playSatiation(options: {
  readonly discount: number;
  readonly cycles: number;
  readonly sessionsPerCycle: number;
  readonly onCycle?: (store: Store, cycle: Cycle) => Promise<void>;
}): Promise<{ readonly sessions: PlayedSession[][]; readonly cycles: Cycle[] }> {
  const configuration = parseConfiguration(written(options.discount));
  const opened = await openTestEngine(written(options.discount));
  await opened.engine.putItems(
    ids.map((id, item) => sampleItem(id, { categories: [`genre-${world.topics[item]!}`] })),
  );
  const sessions: PlayedSession[][] = [];
  const cycles: Cycle[] = [];
  for (let cycle = 0; cycle < options.cycles; cycle++) {
    const played: PlayedSession[] = [];
    while (played.length < options.sessionsPerCycle)
      played.push(await playOne(opened, cycle * options.sessionsPerCycle + played.length));
    sessions.push(played);
    opened.advance(windowSeconds);
    const [scenario] = configuration.scenarios;
    const { store, clock } = opened;
    const ran = await runCycle({
      store,
      configuration,
      scenario: scenario!,
      clock,
      seed: 1,
      threads: 1,
    });
    expect(ran).toBeDefined();
    cycles.push(ran!);
    await options.onCycle?.(store, ran!);
  }
  await opened.close();
  return { sessions, cycles };
}
