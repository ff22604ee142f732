import { itemId } from "../../../src/domain/ids.ts";
import type { Scenario } from "../../../src/domain/scenario.ts";
import type { CatalogueVisit, World } from "../../../src/domain/world.ts";
import { scoreOffered } from "../../../src/engine/serving/retriever.ts";
import { type Catalogue, createCatalogue } from "../../../src/engine/state/catalogue.ts";
import { encodersOf } from "../../../src/engine/state/encoders.ts";
import { createState, readUser } from "../../../src/engine/state/read-state.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import type { Policy } from "../../../src/policy/policy.ts";
import { retrieve } from "../../../src/policy/retrieve.ts";
import { sampleSlate } from "../../../src/policy/slate.ts";
import type { Store } from "../../../src/storage/store.ts";
import { mean } from "../../statistics.ts";

const heldOutVisits = 1500;
/** Slates drawn for a visit have about as many items in all, whatever their size. */
const itemsDrawn = 10;
/** Turns that no loop plays. */
const firstTurn = 10_000_000;

interface Place {
  readonly store: Store;
  readonly world: World<CatalogueVisit>;
  readonly scenario: Scenario;
}

/** A policy, and the retriever that it shares with the other arms; absent while candidates are drawn by lot. */
interface Chain {
  readonly policy: Policy;
  readonly retriever: Policy | undefined;
}

/** Mean true reward of the slates that a policy draws for a visit, of the candidates that the present retriever keeps. */
async function valueVisit(
  { policy, retriever }: Chain,
  turn: number,
  { store, world, scenario, catalogue }: Place & { readonly catalogue: Catalogue },
) {
  const { userId, context } = world.visit(turn);
  const user = await readUser(store, userId, await store.sequence());
  const views = catalogue.available();
  const state = createState({ user, catalogue, scenario, context });
  const logits = await policy.logits(state, views);
  const scored = await scoreOffered(retriever, state, { list: views, hidden: [] });
  const values = Array.from({ length: Math.ceil(itemsDrawn / world.slateSize) }, (_, draw) => {
    // The same luck for every policy.
    const random = createRandom(turn).split(draw);
    const { kept } = retrieve(scored, scenario.maxCandidates, random.split("retrieve"));
    const { order } = sampleSlate({
      logits: kept.map((index) => logits[index]!),
      slateSize: world.slateSize,
      exploration: scenario.exploration,
      random: random.split("slate"),
    });
    return world.expectedReward(
      turn,
      order.map((index) => itemId(views[kept[index]!]!.itemId)),
    );
  });
  return mean(values);
}

/** Mean true reward of a policy's slates on visits that no loop has seen, without a fast loop, at the scenario's own exploration. */
export async function valuePolicy(
  version: number,
  place: Place,
  visits = heldOutVisits,
): Promise<number> {
  const catalogue = createCatalogue(place.store.items);
  await catalogue.refresh(await place.store.sequence());
  const load = async (wanted: number) => {
    const bytes = await place.store.policies.bytes(wanted);
    if (bytes === undefined) throw new RangeError(`the record has no policy ${wanted}`);
    return loadPolicy(bytes, encodersOf(place.store.policies));
  };
  const assignment = await place.store.policies.assignment(place.scenario.name);
  const chain = {
    policy: await load(version),
    retriever: assignment.retriever === undefined ? undefined : await load(assignment.retriever),
  };
  const values: number[] = [];
  for (let visit = 0; visit < visits; visit++)
    values.push(await valueVisit(chain, firstTurn + visit, { ...place, catalogue }));
  await chain.policy.close();
  await chain.retriever?.close();
  return mean(values);
}
