import type { Decision } from "../../src/domain/decision.ts";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../src/engine/configuration/configuration.ts";
import { ensurePolicies } from "../../src/engine/learner/promote.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { EventRow } from "../../src/storage/event-store.ts";
import type { Store } from "../../src/storage/store.ts";

export interface LogSize {
  readonly decisions: number;
  readonly candidates: number;
}

const catalogueSize = 2000;
const decisionsPerUser = 20;
/** Events of each user before the first decision. */
const historyPerUser = 20;
const genres = 8;
/** Rows of a commit. */
const batchRows = 5000;
/** Visits of all users are a second apart, a minute's windows are closed at the end. */
const startOfTime = Date.UTC(2026, 0, 1);
const windowMs = 60_000;

const scenarioName = "bench";

export const cycleConfiguration: Configuration = parseConfiguration({
  scenarios: [
    {
      name: scenarioName,
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1 }, maximum: 1, windowSeconds: windowMs / 1000 },
    },
  ],
  baselineShare: 0,
});

/** When all windows are closed. */
export const closedAt = ({ decisions }: LogSize): number =>
  startOfTime + decisions * 1000 + windowMs;

const items = Array.from({ length: catalogueSize }, (_, index) => ({
  itemId: itemId(`item-${index}`),
  categories: [`genre-${index % genres}`],
  attributes: { year: 1980 + (index % 45) },
  available: true,
}));

const userOf = (index: number) => userId(`user-${index}`);

async function writeHistory(store: Store, users: number): Promise<void> {
  const random = createRandom(1).split("history");
  const rows: EventRow[] = [];
  for (let user = 0; user < users; user++) {
    for (let event = 0; event < historyPerUser; event++) {
      const index = genres * random.integer(catalogueSize / genres) + (user % genres);
      rows.push({
        event: {
          userId: userOf(user),
          itemId: itemId(`item-${index}`),
          type: "click",
          value: 1,
          occurredAt: startOfTime,
        },
      });
    }
    if (rows.length >= batchRows) await store.events.record(rows.splice(0));
  }
  await store.events.record(rows);
}

/**
 * A log as the serving of a policy that knows nothing yet leaves it: each decision shows one of its candidates, drawn
 * uniformly, to a user who clicks on 3 in 10 items of one genre and on 1 in 20 of the others.
 */
async function writeDecisions(store: Store, { decisions, candidates }: LogSize): Promise<void> {
  const random = createRandom(1).split("decisions");
  const users = Math.ceil(decisions / decisionsPerUser);
  const { serving = 0 } = await store.policies.assignment(scenarioName);
  let asOf = await store.sequence();
  let appended: Promise<void>[] = [];
  let clicks: EventRow[] = [];
  for (let index = 0; index < decisions; index++) {
    const user = random.integer(users);
    const offered = new Set<number>();
    while (offered.size < candidates) offered.add(random.integer(catalogueSize));
    const shown = [...offered][random.integer(candidates)]!;
    const decidedAt = startOfTime + index * 1000;
    const decision: Decision = {
      decisionId: decisionId(`decision-${index}`),
      userId: userOf(user),
      scenario: scenarioName,
      arm: "serving",
      policyVersion: serving,
      seed: index,
      asOf,
      context: { hour: index % 24 },
      candidates: Array.from(offered, (item) => ({ itemId: itemId(`item-${item}`) })),
      slate: [itemId(`item-${shown}`)],
      positionPropensities: [1 / candidates],
      slatePropensity: 1 / candidates,
      exploration: 0.03,
      decidedAt,
      expiresAt: decidedAt + windowMs,
    };
    appended.push(store.decisions.append(decision));
    if (random.uniform() < (shown % genres === user % genres ? 0.3 : 0.05)) {
      const { decisionId } = decision;
      const event = {
        userId: decision.userId,
        itemId: decision.slate[0]!,
        type: "click",
        value: 1,
      };
      clicks.push({
        event: { ...event, decisionId, occurredAt: decidedAt },
        reward: { decisionId, position: 0, value: 1, repeats: "last" },
      });
    }
    if (appended.length < batchRows && index < decisions - 1) continue;
    await Promise.all(appended);
    await store.events.record(clicks);
    asOf = await store.sequence();
    appended = [];
    clicks = [];
  }
}

/** Writes the log of a size through the store, as the engine would. */
export async function makeLog(path: string, size: LogSize): Promise<void> {
  const store = await openStore(path);
  await store.items.put(items);
  await ensurePolicies({ store, configuration: cycleConfiguration, now: startOfTime });
  await writeHistory(store, Math.ceil(size.decisions / decisionsPerUser));
  await writeDecisions(store, size);
  await store.close();
}
