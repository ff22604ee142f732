import { createHash } from "node:crypto";
import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { uniformVersion } from "../../domain/policy-snapshot.ts";
import type { RelatedTo } from "../../domain/related.ts";
import type { EncoderSource } from "../../policy/encoder/encoder.ts";
import type { PolicyState } from "../../policy/policy.ts";
import type { OfferScores } from "../../policy/retrieve.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import { visibleRecord } from "../privacy/visible-record.ts";
import { scoreRelated } from "../related/score-related.ts";
import type { DrawRules } from "../rules/draw-rules.ts";
import { viewCandidate } from "../serving/candidates.ts";
import { createModelDeriver } from "../serving/fast-loop/derive-model.ts";
import type { OfferedItems } from "../serving/offered-items.ts";
import { readDrawnAds, readDrawRules } from "../serving/read-draw-rules.ts";
import { scoreOffered } from "../serving/retriever.ts";
import { createServingPolicies } from "../serving/serving-policies.ts";
import { type SeenMoment, viewMoment } from "../serving/view-moment.ts";
import { type CatalogueAsOf, createCatalogueAsOf } from "../state/catalogue-as-of.ts";
import { createState, readUser } from "../state/read-state.ts";
import { type DerivedDecision, deriveDecision } from "./derive-decision.ts";

/**
 * A snapshot that never existed, whose bytes are missing, or whose bytes differ from the published
 * ones.
 */
export class SnapshotProblem extends EngineError {
  readonly kind: "missing-snapshot" | "wrong-snapshot";

  constructor(kind: SnapshotProblem["kind"], version: number, message: string) {
    super(kind === "missing-snapshot" ? "not_found" : "corrupt_snapshot", message, {
      details: { version },
    });
    this.kind = kind;
  }
}

/** The fields of a decision that its logits depend on. */
export type Situation = Pick<Decision, "scenario" | "context" | "rewardRule"> & SeenMoment;

/** Logits of any snapshot for the candidates of a decision, from the record as of its moment. */
export interface LogitDeriver {
  /** @throws SnapshotProblem, unknown_scenario, unknown_item */
  derive(version: number, situation: Situation): Promise<Float64Array>;
  /** As they were when the decision was made: with the fast loop's draw, if it had a part, and without boosts. */
  deriveServed(decision: Decision): Promise<Float64Array>;
  /** The same, to ask it further. The catalogue may not move on meanwhile. @throws as `derive` */
  open(decision: Decision): Promise<DerivedDecision>;
  /** Of its moment, on its candidates. */
  drawRules(decision: Decision): Promise<DrawRules>;
  /**
   * Input of a retrieval by any version, the lot included.
   * @param offered as of the decision
   */
  scoreOffered(
    version: number,
    situation: Omit<Situation, "candidates">,
    offered: OfferedItems,
  ): Promise<OfferScores>;
  /** Of the user at that moment. */
  stateOf(situation: Omit<Situation, "candidates">): Promise<PolicyState>;
  /** Relatedness of offered items. @param offered as of the decision */
  scoreRelated(
    version: number,
    asked: {
      readonly decision: Decision;
      readonly relatedTo: RelatedTo;
      readonly offered: OfferedItems;
    },
  ): Promise<Float64Array>;
  /** Calls are made one after the other. */
  readonly catalogueAsOf: CatalogueAsOf;
  close(): Promise<void>;
}

const missingSnapshot = (version: number, message: string) =>
  new SnapshotProblem("missing-snapshot", version, message);

/** @throws SnapshotProblem */
async function checkSnapshot({ policies }: Store, version: number): Promise<void> {
  const snapshot = await policies.find(version);
  if (snapshot === undefined) {
    const message = `there is no policy ${version}; check the number, and that this is the database it was made in`;
    throw missingSnapshot(version, message);
  }
  const bytes = await policies.bytes(version);
  if (bytes === undefined) {
    const message = `policy version ${version} is not in the store: its snapshot is missing; restore it from a copy of the database`;
    throw missingSnapshot(version, message);
  }
  const checksum = createHash("sha256").update(bytes).digest("hex");
  if (checksum === snapshot.checksum) return;
  const short = (text: string) => text.slice(0, 12);
  const message = `policy version ${version} is not the snapshot that was published: SHA-256 ${short(checksum)}… and not ${short(snapshot.checksum)}…`;
  throw new SnapshotProblem("wrong-snapshot", version, message);
}

/** Policies whose bytes are the published ones; undefined for the uniform choice. */
function createCheckedPolicies(store: Store, encoders?: EncoderSource) {
  const policies = createServingPolicies(store.policies, encoders);
  const checked = new Map<number, Promise<void>>();
  return {
    get: async (version: number) => {
      if (version === uniformVersion) return undefined;
      const check = checked.get(version) ?? checkSnapshot(store, version);
      checked.set(version, check);
      await check;
      return policies.get(version);
    },
    close: () => policies.close(),
  };
}

/** @param encoders default: those that the process shares, with the states that they keep */
export function createLogitDeriver(
  store: Store,
  configuration: Configuration,
  encoders?: EncoderSource,
): LogitDeriver {
  const policies = createCheckedPolicies(store, encoders);
  const catalogueAsOf = createCatalogueAsOf(store.items, configuration.text);
  const read = async (situation: Situation) => {
    const { userId, asOf, context, servingRule, ...rest } = situation;
    const { ads: _, ...configured } = findScenario(configuration, rest.scenario);
    // The rules of its moment, which the configuration may have changed since.
    const ads = servingRule?.ads && { ads: servingRule.ads };
    const scenario = { ...configured, ...ads, reward: rest.rewardRule ?? configured.reward };
    const items = await catalogueAsOf(asOf);
    const { seen, isStranger } = await visibleRecord(store, situation);
    const user = await readUser(seen, userId, asOf);
    const views = await viewMoment(seen, situation, { catalogue: items, view: viewCandidate });
    const stateOf = (history = user.history) =>
      createState({ user: { ...user, history }, catalogue: items, scenario, context });
    return { scenario, user, isStranger, views, stateOf, catalogue: items };
  };
  const derive = async (version: number, situation: Situation) => {
    const policy = await policies.get(version);
    if (policy === undefined) return new Float64Array(situation.candidates.length);
    const { stateOf, views } = await read(situation);
    return policy.logits(stateOf(), views);
  };
  const deriveModel = createModelDeriver(store, configuration.text);
  const open = async (decision: Decision) => {
    const { policyVersion: version } = decision;
    const policy = await policies.get(version);
    const moment = await read(decision);
    const ads = await readDrawnAds(decision, { store, catalogue: moment.catalogue });
    return deriveDecision(decision, { ...moment, ads, policy, deriveModel });
  };
  return {
    catalogueAsOf,
    derive,
    drawRules: (decision) => readDrawRules(decision, { store, catalogueAsOf }),
    scoreOffered: async (version, situation, offered) => {
      const { stateOf } = await read({ ...situation, candidates: [] });
      return scoreOffered(await policies.get(version), stateOf(), offered);
    },
    stateOf: async (situation) => (await read({ ...situation, candidates: [] })).stateOf(),
    scoreRelated: async (version, { decision, relatedTo, offered }) => {
      const { scenario, catalogue } = await read({ ...decision, candidates: [] });
      const isSimilar = relatedTo.kind === "similar";
      const policy = isSimilar ? undefined : await policies.get(version);
      return scoreRelated(relatedTo, { scenario, catalogue, offered, policy });
    },
    open,
    deriveServed: async (decision) =>
      decision.policyVersion === uniformVersion
        ? new Float64Array(decision.candidates.length)
        : (await open(decision)).served(),
    close: () => policies.close(),
  };
}
