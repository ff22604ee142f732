const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
/** Names of files and policies are anybody's text. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => escapes[character] ?? "");

/** Words in lines of at most `width` letters. */
export const wrap = (content: string, letters: number): string[] =>
  content.match(new RegExp(`.{1,${letters}}(?: |$)`, "g")) ?? [content];

type Point = readonly [x: number, y: number];

export const line = (from: Point, to: Point, style: string) =>
  `<line x1="${from[0].toFixed(1)}" y1="${from[1]}" x2="${to[0].toFixed(1)}" y2="${to[1]}" ${style}/>`;
export const text = (at: Point, content: string, style = "") =>
  `<text x="${at[0].toFixed(1)}" y="${at[1]}" ${style}>${escapeText(content)}</text>`;
