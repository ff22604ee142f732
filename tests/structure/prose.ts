/** Text of Markdown as it is read: without code blocks, comments and link targets; a code span is one word. */
const readable = (markdown: string): string =>
  markdown
    .replace(/^```[\s\S]*?^```/gm, "\n\n")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/`[^`]*`/g, "code")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_]{1,2}(\S[^*_]*)[*_]{1,2}/g, "$1");

/** Paragraphs, headings, list items and cells of tables: no sentence goes over their ends. */
const blocksOf = (markdown: string): string[] =>
  readable(markdown)
    .replace(/^\s*([-*+]|\d+\.|#+|>)\s/gm, "\n\n")
    .replace(/^\|.*$/gm, (row) => `\n\n${row.replaceAll("|", "\n\n")}\n\n`)
    .split(/\n\s*\n/);

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.,/-]*/gu) ?? [];

/** Words of each sentence; it ends with a full stop, a question or an exclamation mark, not with a colon. */
export const sentencesOf = (markdown: string): string[][] =>
  blocksOf(markdown)
    .flatMap((block) =>
      block.replace(/\s+/g, " ").split(/(?<=[.!?])["')]*\s+(?=["'(]*[\p{Lu}\p{N}])/u),
    )
    .map(wordsOf)
    .filter(({ length }) => length > 0);

/** How often a word stands in 1,000 words. */
export function frequencyOf(word: string, markdown: string): number {
  const words = sentencesOf(markdown).flat();
  const found = words.filter((one) => one.toLowerCase().replace(/\W+$/, "") === word);
  return (1000 * found.length) / words.length;
}
