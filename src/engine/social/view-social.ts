import { hourMs } from "../../domain/durations.ts";
import { edgeTypes } from "../../domain/edge.ts";
import { type MomentFeature, viewAtMoment } from "../../policy/moment-view.ts";
import type { ItemView } from "../../policy/policy.ts";
import { type ItemFacts, readerOf } from "../rules/item-facts.ts";
import type { Social } from "./read-social.ts";

/** 0, 2, 3, 4, 5 … of 0, 1, 2, 3, 5 … */
const logLevel = (count: number): number => Math.round(2 * Math.log2(1 + count));

/** Authors of an item: the values of the attribute that names them. */
function authorsOf(facts: ItemFacts, author: string | undefined): readonly string[] {
  if (author === undefined) return [];
  const value = readerOf(author.split("."))(facts) ?? [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function featuresOf(
  facts: ItemFacts,
  people: number,
  { rule, now, connected }: Social,
): readonly MomentFeature[] {
  const edges = authorsOf(facts, rule.author).map((author) => connected.get(author));
  const types = edgeTypes.filter((type) => edges.some((own) => own?.has(type)));
  const ageHours = facts.createdAt === undefined ? -1 : Math.max(0, now - facts.createdAt) / hourMs;
  return [
    ...types.map((type) => ({ name: `author=${type}`, level: 4 })),
    ...(people > 0 ? [{ name: "engaged", level: logLevel(people) }] : []),
    ...(ageHours >= 0 ? [{ name: "age", level: Math.round(Math.log2(1 + ageHours)) }] : []),
  ];
}

/** Candidates with the features of the moment: edges to their authors, connected people who engaged with them, and their age. */
export function viewSocial(
  views: readonly ItemView[],
  factsOf: () => readonly ItemFacts[],
  social: Social | undefined,
): readonly ItemView[] {
  if (social === undefined) return views;
  const engaged = new Map(social.engaged.map(({ itemId, people }) => [itemId, people]));
  const facts = factsOf();
  return views.map((view, index) => {
    const own = facts[index];
    if (own === undefined) throw new RangeError(`candidate ${index} has no facts`);
    return viewAtMoment(view, featuresOf(own, engaged.get(view.itemId) ?? 0, social));
  });
}
