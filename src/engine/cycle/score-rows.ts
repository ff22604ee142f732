import type { FeedbackRow } from "../../learning/feedback-row.ts";
import { type ScoredRow, scoreCritic, scorePolicy } from "../../learning/scored-row.ts";
import type { Network } from "../../policy/network.ts";
import { createScorer } from "../../policy/scorer.ts";

const scoreBatch = 64;

async function withScorer<T>(
  network: Network,
  threads: number,
  use: (scorer: Awaited<ReturnType<typeof createScorer>>) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer(network, { batchStates: scoreBatch, threads });
  try {
    return await use(scorer);
  } finally {
    await scorer.close();
  }
}

/** log π of each row's candidates. */
export const logsOf = (
  network: Network,
  rows: readonly FeedbackRow[],
  threads: number,
): Promise<Float64Array[]> => withScorer(network, threads, (scorer) => scorePolicy(scorer, rows));

/** What the critic says of each row's candidates, beside what the serving policy does. @param logs its log π of each row */
export async function scoreRows(options: {
  readonly logs: readonly Float64Array[];
  readonly critic: Network;
  readonly rows: readonly FeedbackRow[];
  readonly threads: number;
}): Promise<ScoredRow[]> {
  const { logs, rows, threads } = options;
  const heads = await withScorer(options.critic, threads, (scorer) =>
    scoreCritic(scorer, options.critic, rows),
  );
  return rows.flatMap((row, index) => {
    const logPolicy = logs[index];
    const head = heads[index];
    return logPolicy && head ? { row, scores: { logPolicy, ...head } } : [];
  });
}
