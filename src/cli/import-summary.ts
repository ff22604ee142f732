import type { ImportCounts } from "../engine/import/import-rows.ts";
import type { Refusal } from "../engine/import/row.ts";

const group = (count: number) => count.toLocaleString("en-GB");

/** @param share part of the source that has been read, in [0, 1], where that is known */
export function describeProgress(
  { read }: ImportCounts,
  share: number | undefined,
  seconds: number,
): string {
  const part = share === undefined ? "" : ` (${Math.floor(100 * share)} %)`;
  return `${group(read)} rows${part}, ${group(Math.round(read / seconds))} rows/s`;
}

/** @param first refusals to be listed; there may have been more */
export function describeImport(
  counts: ImportCounts,
  first: readonly Refusal[],
  seconds: number,
): string {
  const { read, stored, unchanged, refused } = counts;
  const more = refused - first.length;
  return [
    `rows read            ${group(read)}`,
    `stored               ${group(stored)}`,
    `unchanged/duplicate  ${group(unchanged)}`,
    `refused              ${group(refused)}`,
    `seconds              ${seconds.toFixed(1)}`,
    ...first.map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
    ...(more > 0 ? [`… and ${group(more)} more; --report <file> writes them all`] : []),
  ].join("\n");
}
