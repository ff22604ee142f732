import { userId } from "../../src/domain/ids.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { TestEngine } from "./engine.ts";

/** Every third user, so that chance can't hide them. */
export const isRefuser = (user: string): boolean => Number(user.split("-")[1]) % 3 === 0;

const users = Array.from({ length: 60 }, (_, user) => `user-${user}`);

export const refusers: readonly string[] = users.filter(isRefuser);

/**
 * Visits in a shop. Everybody answers, and looks at one more item; the refusers' answers and items are those
 * of `taste`, so that two records with other tastes differ in their data alone.
 */
export async function visitAs(
  { engine, advance }: Pick<TestEngine, "engine" | "advance">,
  { taste, visits }: { readonly taste: 0 | 1; readonly visits: number },
): Promise<void> {
  const random = createRandom(5);
  for (let visit = 0; visit < visits; visit++) {
    const user = userId(users[random.integer(users.length)]!);
    advance(1);
    const { decision } = await engine.recommend({ userId: user, context: { hour: visit % 24 } });
    const own = isRefuser(user) ? taste : random.integer(2);
    await engine.record([
      {
        type: "click",
        userId: user,
        itemId: decision.slate[0]!,
        value: 1 + 4 * own,
        decisionId: decision.decisionId,
      },
      { type: "click", userId: user, itemId: `i-${own}` },
    ]);
  }
  advance(600);
  await engine.idle();
}
