import type { SourceModule } from "./source-modules.ts";

/** Lines of a block. */
const blockLength = 6;

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

const isComment = (line: string) => /^(\/\/|\/?\*)/.test(line);
const isPunctuation = (line: string) => /^[\s()[\]{};,:]*$/.test(line);

/** Lines that say something: without imports, blank lines, comments and lone punctuation, white space folded. */
function tellingLines(text: string): Line[] {
  const withoutImports = text.replace(/^(import|export)\b[^;]*? from "[^"]+";$/gm, (found) =>
    "\n".repeat(found.split("\n").length - 1),
  );
  return withoutImports
    .split("\n")
    .map((line, index) => ({ text: line.trim().replace(/\s+/g, " "), number: index + 1 }))
    .filter(({ text }) => text !== "" && !isComment(text) && !isPunctuation(text));
}

interface Place {
  readonly path: string;
  /** Among the telling lines of its module. */
  readonly index: number;
  readonly number: number;
}

const pairKey = (left: Place, right: Place, step: number) =>
  `${left.path}#${left.index + step} ${right.path}#${right.index + step}`;

/**
 * Pairs of places that share six or more telling lines to the letter. A longer run counts once.
 * @returns such as "src/a.ts:10 ~ src/b.ts:20"
 */
export function findCopiedBlocks(modules: readonly SourceModule[]): string[] {
  const places = new Map<string, Place[]>();
  const pairs = new Map<string, readonly [Place, Place]>();
  for (const { path, text } of modules) {
    const lines = tellingLines(text);
    for (const [index, { number }] of lines.slice(0, 1 - blockLength).entries()) {
      const block = lines.slice(index, index + blockLength).map((line) => line.text);
      const own = { path, index, number };
      const earlier = places.get(block.join("\n")) ?? [];
      places.set(block.join("\n"), [...earlier, own]);
      for (const other of earlier) {
        const overlaps = other.path === path && index - other.index < blockLength;
        if (!overlaps) pairs.set(pairKey(other, own, 0), [other, own]);
      }
    }
  }
  // A run of n lines is found n − 5 times, each time a line further on: the first stands for it.
  return [...pairs.values()]
    .filter(([left, right]) => !pairs.has(pairKey(left, right, -1)))
    .map(([left, right]) => `${left.path}:${left.number} ~ ${right.path}:${right.number}`);
}
