import { estimators } from "../../src/evaluation/estimators/registry.ts";
import { createFeedback } from "./feedback.ts";
import { prepare } from "./ours.ts";

// Streams a log through every estimator that the log has input for, and tells its parent what it took.
const [rows = 0, actions = 0] = process.argv.slice(2).map(Number);
const chunkRows = 10_000;
const streams = estimators
  .filter(({ weights }) => weights !== "marginal")
  .map((estimator) => estimator.stream());
let seconds = 0;
for (let done = 0; done < rows; done += chunkRows) {
  const chunk = createFeedback({ rows: Math.min(chunkRows, rows - done), actions }, done);
  const startedAt = performance.now();
  const prepared = prepare(chunk, true);
  for (const stream of streams) stream.add(prepared);
  seconds += (performance.now() - startedAt) / 1000;
}
const streamed = streams.filter((stream) => stream.result()?.rows === rows).length;
process.send?.({
  rowsPerSecond: rows / seconds,
  estimators: streamed,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
});
