import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** As `node --cpu-prof` writes it; times in microseconds of the monotonic clock. */
interface Profile {
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Of a frame: the first whose words it has. */
const parts: readonly (readonly [part: string, words: readonly string[]])[] = [
  ["idle", ["(idle)"]],
  ["garbage", ["(garbage collector)"]],
  ["matrix products, in the runtime", ["dist/runtime/"]],
  ["SQLite", ["node_modules/libsql"]],
  ["rows and JSON of the record", ["src/storage/"]],
  ["scoring and retrieval", ["src/policy/", "src/numeric/", "serving/retriever"]],
  [
    "JSON and schemas of requests",
    ["node_modules/zod", "src/engine/input/", "server/request-body"],
  ],
  ["state, rules, candidates, draw", ["src/engine/", "src/domain/"]],
  ["HTTP", ["node_modules/hono", "@hono", "src/server/", "node:_http", "node:net", "writev"]],
];
const rest = "Node.js and the rest";

const partOf = ({ functionName, url }: Profile["nodes"][number]["callFrame"]) =>
  parts.find(([, words]) => words.some((word) => functionName === word || url.includes(word)))?.[0];

/** A frame without a part has that of its caller. */
function partsById({ nodes }: Profile): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<number, string>();
  const walk = (id: number, inherited: string) => {
    const node = byId.get(id)!;
    const part = partOf(node.callFrame) ?? inherited;
    found.set(id, part);
    for (const child of node.children ?? []) walk(child, part);
  };
  walk(nodes[0]!.id, rest);
  return found;
}

export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Milliseconds of a process's main thread by part, within a span of the monotonic clock. */
export function readParts(folder: string, pid: number, span: Span): ReadonlyMap<string, number> {
  const name = readdirSync(folder).find((file) => file.includes(`.${pid}.0.`)) ?? "";
  const profile: Profile = JSON.parse(readFileSync(join(folder, name), "utf8"));
  const partById = partsById(profile);
  const sums = new Map<string, number>();
  let at = profile.startTime;
  for (const [index, sample] of profile.samples.entries()) {
    at += profile.timeDeltas[index]!;
    if (at < span.fromUs || at > span.toUs) continue;
    const part = partById.get(sample) ?? rest;
    sums.set(part, (sums.get(part) ?? 0) + profile.timeDeltas[index]! / 1000);
  }
  return sums;
}
