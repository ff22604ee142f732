/**
 * The record that the notebooks read: eight weeks of a magazine whose front page shows one story a visit. Its readers are simulated,
 * and each has a favourite topic. Recurve learns after four weeks, so that a policy of its own serves from then on. In the same
 * week spring comes: stories of the garden arrive, and a third of the readers turn to them. Run it with `npx tsx magazine.ts`.
 */
import { createRandom, createRecurve, loadConfiguration, openStore, train } from "recurve";

const [weeks, visitsAWeek, together, readers] = [8, 750, 10, 240];
const springWeek = 4;
const database = "magazine.db";
const weekMs = 7 * 24 * 3600 * 1000;
const monday = Date.UTC(2026, 0, 5);
const topics = ["sea", "hills", "town", "kitchen"];

const random = createRandom(11);
const choose = <T>(values: readonly T[]): T =>
  values[Math.floor(random.uniform() * values.length)]!;
const storiesOf = (topic: string) =>
  [1, 2, 3].map((number) => ({ itemId: `${topic}-${number}`, categories: [topic] }));

const favourites = Array.from({ length: readers }, () => choose(topics));
const turnsToGarden = favourites.map(() => random.uniform() < 1 / 3);
/** How well a story is written; a factor of the chance that it is read. */
const quality = new Map(
  [...topics, "garden"].flatMap(storiesOf).map(({ itemId }) => [itemId, 0.5 + random.uniform()]),
);

const configuration = await loadConfiguration();
let [now, made] = [monday, 0];
const recurve = await createRecurve({
  database,
  configuration,
  learner: false,
  clock: () => now,
  random: random.split("decisions"),
  createId: () => `decision-${++made}`,
});
await recurve.putItems(topics.flatMap(storiesOf));

function clickChance(reader: number, itemId: string, week: number): number {
  const isLate = week >= springWeek && turnsToGarden[reader];
  const favourite = isLate ? "garden" : favourites[reader];
  return quality.get(itemId)! * (itemId.startsWith(favourite!) ? 0.35 : 0.05);
}

/** Visits of one moment, since requests at the same time share a commit. */
async function visitTogether(week: number): Promise<void> {
  const visitors = Array.from({ length: together }, () => Math.floor(random.uniform() * readers));
  const answers = await Promise.all(
    visitors.map((reader) => {
      const context = { device: choose(["phone", "desktop"]) };
      return recurve.recommend({ userId: `reader-${reader}`, context });
    }),
  );
  now += 30_000;
  const clicks = answers.flatMap(({ decision: { userId, decisionId, slate } }, index) => {
    const itemId = slate[0]!;
    const isRead = random.uniform() < clickChance(visitors[index]!, itemId, week);
    return isRead ? [{ type: "click", userId, itemId, decisionId }] : [];
  });
  if (clicks.length > 0) await recurve.record(clicks);
}

/** A cycle in the magazine's own time. Elsewhere the learner that `createRecurve` starts does this by itself. */
async function learn(): Promise<void> {
  const store = await openStore(database);
  const cycle = await train({
    store,
    configuration,
    scenario: configuration.scenarios[0]!,
    clock: () => now,
    seed: 1,
    threads: 1,
    onProgress: () => {},
  });
  console.log(`${cycle?.outcome}: ${cycle?.reason}`);
  await store.close();
}

for (let week = 0; week < weeks; week++) {
  if (week === springWeek) {
    now = monday + week * weekMs;
    await learn();
    await recurve.putItems(storiesOf("garden"));
  }
  for (let turn = 0; turn < visitsAWeek; turn += together) {
    now = monday + (week + turn / visitsAWeek) * weekMs;
    await visitTogether(week);
  }
}
await recurve.close();
console.log(`${weeks * visitsAWeek} visits of ${readers} readers are in the record`);
