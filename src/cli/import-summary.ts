import type { TrainingCount } from "../exchange/import/count-training.ts";
import type { ImportCounts } from "../exchange/import/import-rows.ts";
import type { Refusal } from "../exchange/import/row.ts";
import { formatWhole } from "../numeric/format.ts";

/** How large an import is, as the part that was read shows. */
export const describeSize = (read: number, share = 1): string =>
  `import of about ${formatWhole(Number((read / share).toPrecision(2)))} rows`;

const describeShare = (share: number | undefined): string =>
  share === undefined ? "" : ` (${Math.floor(100 * share)} %)`;

/** Before the first event goes in. */
export const describeReading = (read: number, share: number | undefined): string =>
  `${formatWhole(read)} rows read, to be put in order of time${describeShare(share)}`;

/** @param share part of the import that is done, in [0, 1], if known */
export function describeImportProgress(
  { read }: ImportCounts,
  share: number | undefined,
  seconds: number,
): string {
  return `${formatWhole(read)} rows${describeShare(share)}, ${formatWhole(read / seconds)} rows/s`;
}

/** The result of an import. */
export interface ImportReport {
  readonly counts: ImportCounts;
  readonly training: TrainingCount;
  /** Refusals to be listed; there may have been more. */
  readonly first: readonly Refusal[];
  readonly seconds: number;
}

function describeTraining({ events, training, warnings }: TrainingCount): readonly string[] {
  if (events === 0) return [];
  return [`events that train    ${formatWhole(training)} of ${formatWhole(events)}`, ...warnings()];
}

export function describeImport({ counts, training, first, seconds }: ImportReport): string {
  const { read, stored, unchanged, refused } = counts;
  const more = refused - first.length;
  return [
    `rows read            ${formatWhole(read)}`,
    `stored               ${formatWhole(stored)}`,
    `unchanged/duplicate  ${formatWhole(unchanged)}`,
    `refused              ${formatWhole(refused)}`,
    `seconds              ${seconds.toFixed(1)}`,
    ...describeTraining(training),
    ...first.map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
    ...(more > 0 ? [`… and ${formatWhole(more)} more; --report <file> writes them all`] : []),
  ].join("\n");
}
