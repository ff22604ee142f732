import { expect, test } from "vitest";
import { readDocuments } from "../support/documents.ts";
import { frequencyOf, sentencesOf } from "./prose.ts";
import { readModules } from "./source-modules.ts";
import { proseOf } from "./source-prose.ts";

const documents = readDocuments();
const isForUsers = ({ path }: { readonly path: string }) =>
  /^(README\.md|docs\/guides\/)/.test(path);
const forUsers = documents.filter(isForUsers);

test("a sentence ends with its mark, its paragraph or its cell, and code counts as a word", () => {
  const markdown =
    "# A title\n\nOne `a b c` two. Is it\nso? Yes\n\n| left | right cell |\n\n```js\ncode\n```\n";
  expect(sentencesOf(markdown).map((words) => words.join(" "))).toEqual([
    "A title",
    "One code two.",
    "Is it so",
    "Yes",
    "left",
    "right cell",
  ]);
  expect(frequencyOf("two", markdown)).toBeCloseTo(1000 / 12, 6);
});

/** How often "what" may be in 1,000 words of all documents. */
const whats = 3;

test("a thing has a noun and not a clause", () => {
  const all = documents.map(({ text }) => text).join("\n\n");
  expect(frequencyOf("what", all)).toBeLessThanOrEqual(whats);
});

test("prose of a module is its comments and texts, without code, imports and keys", () => {
  const text = `import { a } from "a b";
/**
 * A number.
 * @example const two = "what a";
 */
const one = \`\${a("what")} is one\`; // said so
`;
  expect(proseOf({ path: "module.ts", text })).toBe("A number.\n\nsaid so\n\n is one");
});

/** How often "what" may be in 1,000 words of comments and texts of the product. */
const whatsOfSources = 0.5;

const proseOfSources = readModules("src", "dashboard/src").map(proseOf).join("\n\n");

test("comments, messages and texts of the product name things by nouns", () => {
  expect(frequencyOf("what", proseOfSources)).toBeLessThanOrEqual(whatsOfSources);
});

test("they have none of the words that docs/style.md replaces", () => {
  const replaced = /\b(goes on|going on|(is|are) told|mended|as such|of yours|whom)\b/g;
  expect(proseOfSources.match(replaced)).toBeNull();
});

/** Most words of a sentence: in README and guides, and in all other documents. */
const mostWords = { forUsers: 40, others: 45 };

const longSentencesOf = ({ path, text }: (typeof documents)[number]) =>
  sentencesOf(text)
    .filter(({ length }) => length > mostWords[isForUsers({ path }) ? "forUsers" : "others"])
    .map((words) => `${path}: ${words.join(" ")}`);

test("no document has a long sentence", () => {
  expect(documents.flatMap(longSentencesOf)).toEqual([]);
});

test("no comment or message has a sentence longer than a document's", () => {
  expect(sentencesOf(proseOfSources).filter(({ length }) => length > mostWords.others)).toEqual([]);
});

test.each(forUsers)("half of the sentences of $path have at most 18 words", ({ text }) => {
  const lengths = sentencesOf(text).map(({ length }) => length);
  // Titles and cells of tables would make any page look terse.
  const sentences = lengths.filter((length) => length > 4).sort((left, right) => left - right);
  expect(sentences[sentences.length >> 1]).toBeLessThanOrEqual(18);
});
