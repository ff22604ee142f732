import { distance } from "fastest-levenshtein";

/** Edits per letter up to which a name counts as misspelt: 'clcik' is 0.4 from 'click', 'hide' is 0.5 from 'like'. */
const misspeltUpTo = 0.4;

/** The known name that was probably meant. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  const near = known
    .map((other) => {
      const [left, right] = [name.toLowerCase(), other.toLowerCase()];
      return { other, share: distance(left, right) / Math.max(left.length, right.length) };
    })
    .filter(({ share }) => share <= misspeltUpTo)
    .sort((left, right) => left.share - right.share);
  return near[0]?.other;
}
