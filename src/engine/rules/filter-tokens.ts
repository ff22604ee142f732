/** A filter that does not parse, and the place. */
export class FilterProblem extends Error {
  constructor(text: string, at: number, problem: string) {
    const rest = text.slice(at, at + 20);
    const near = rest === "" ? "at its end" : `at character ${at + 1}, '${rest}'`;
    super(`${near}: ${problem}`);
  }
}

/** A word or sign of a filter. */
export interface FilterToken {
  readonly kind: "name" | "number" | "text" | "duration" | "sign" | "end";
  /** As it is written; of a text without its quotes. */
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
}

const patterns: readonly (readonly [FilterToken["kind"], RegExp])[] = [
  ["duration", /\d+(?:\.\d+)?[smhdw](?![\p{L}\p{N}_])/uy],
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_])/uy],
  ["name", /[\p{L}_][\p{L}\p{N}_]*|`[^`]+`/uy],
  ["text", /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/suy],
  ["sign", /<=|>=|!=|[=<>(),.+-]/uy],
];

/** Signs of other languages, and ours. */
const ours: Readonly<Record<string, string>> = { "&": "and", "|": "or", "!": "not" };

const unquote = (kind: FilterToken["kind"], text: string) =>
  kind === "text" ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;

function readToken(text: string, at: number): FilterToken & { readonly end: number } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined)
      return { kind, text: unquote(kind, found), at, end: at + found.length };
  }
  const character = text.charAt(at);
  if (character === '"' || character === "'")
    throw new FilterProblem(text, at, `a text without its closing ${character}`);
  const remedy = Object.hasOwn(ours, character) ? `; write ${ours[character]}` : "";
  throw new FilterProblem(text, at, `an unknown sign${remedy}`);
}

/** @throws FilterProblem */
export function readTokens(text: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  for (let at = 0; ; ) {
    while (/\s/u.test(text.charAt(at))) at++;
    if (at === text.length) return [...tokens, { kind: "end", text: "", at }];
    const { end, ...token } = readToken(text, at);
    tokens.push(token);
    at = end;
  }
}
