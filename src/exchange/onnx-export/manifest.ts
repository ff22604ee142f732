import { type PolicyGround, servesWithLoop } from "../../domain/fast-loop.ts";
import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import { signalScale } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { ExportedChain } from "../../policy/export-chain.ts";
import type { ExportedGraph, ExportedNetwork } from "../../policy/export-network.ts";
import {
  contextTokenBuckets,
  contextTokens,
  maxContextTokens,
} from "../../policy/item-features.ts";
import type { NetworkShape } from "../../policy/network.ts";
import { historyLength, poolWeights, sequenceLength } from "../../policy/profile.ts";

/** The exported policy and its serving rules. */
export interface ExportedPolicy {
  /** Version of Recurve that exports. */
  readonly recurve: string;
  readonly snapshot: PolicySnapshot;
  readonly scenario: Scenario;
  /** ε with which it serves. */
  readonly exploration: number;
  /** Event number of the catalogue. */
  readonly asOf: number;
  readonly shape: NetworkShape;
  readonly ground: PolicyGround;
  readonly network: ExportedNetwork;
  /** Ids in the order of the rows. */
  readonly items: readonly string[];
  /** Rows that may not be shown now: the unknown item, and withdrawn or deleted items. */
  readonly unavailable: readonly number[];
}

export const fileNames = {
  encoder: "encoder.onnx",
  scorer: "scorer.onnx",
  embeddings: "item-embeddings.f32",
  biases: "item-biases.f32",
  chainLengths: "chain-lengths.i32",
  chainSuccessors: "chain-successors.i32",
  chainWeights: "chain-weights.f32",
  manifest: "manifest.json",
} as const;

/** A change of the files' form or of their inputs' meanings is a new format. */
const format = 3;

const describeGraph = (file: string, { inputs, outputs }: ExportedGraph) => ({
  file,
  inputs,
  outputs,
});

function describeItems({ items, unavailable, network, shape: { heads } }: ExportedPolicy) {
  const { width, events, chain } = network;
  const layout = { type: "float32", order: "row-major, little endian" };
  return {
    embeddings: { file: fileNames.embeddings, ...layout, shape: [heads, items.length, width] },
    biases: { file: fileNames.biases, ...layout, shape: [heads, 1, items.length] },
    unknownRow: 0,
    unavailable,
    ...(events && { eventRows: events.rows }),
    ...(chain && { shares: chain.shares }),
    ids: items,
  };
}

const describeChain = ({ window, decay, popularityShare, ...arrays }: ExportedChain) => ({
  window,
  decay,
  popularityShare,
  lengths: { file: fileNames.chainLengths, type: "int32", shape: [arrays.lengths.length] },
  successors: { file: fileNames.chainSuccessors, type: "int32", shape: [arrays.successors.length] },
  weights: { file: fileNames.chainWeights, type: "float32", shape: [arrays.weights.length] },
  order:
    "successors and weights of the event rows one after the other, `lengths` of each; little endian",
  score:
    "of an event row: Σ decay^age · its weight as a successor, over the newest `window` of these events, age 0 for the newest; 0 for a candidate without an event row",
  logProbability:
    "log[(1 − popularityShare) · score/S + popularityShare · items.shares] with S the sum of all scores; log items.shares if S is 0",
});

/** Rules are words; an example that the code has computed shows their result. */
function describeHistory({ scenario: { reward }, network: { events, chain } }: ExportedPolicy) {
  const signals = [1, -0.5, 0.25];
  return {
    length: historyLength,
    order: "the user's newest events, oldest first",
    signal:
      "x = clip(weights[type] · value / scale, −1, 1), 0 for a type without weight; scale = max(|minimum|, |maximum|) of the reward rule",
    scale: signalScale(reward),
    weights: reward.weights,
    pools: ["1/n", "x/n", "x · 2^(−age/10) / Σ 2^(−age/10)", "x · 2^(−age/2) / Σ 2^(−age/2)"],
    age: "0 for the newest event, 1 for the one before …",
    example: { signals, poolWeights: poolWeights(signals) },
    ...(events && {
      events: {
        read: sequenceLength,
        length: events.length,
        rule: "of the newest `read` events those with x ≥ 0 whose item has an event row ≥ 0, of these the newest `length`, oldest first",
        ...(chain && { chain: describeChain(chain) }),
      },
    }),
  };
}

function describeHashing() {
  const context = {
    device: "phone",
    query: "Red running shoes",
    hour: 18,
    member: true,
    tags: ["a", "b"],
    agent:
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
  };
  const about =
    "Runs three times each week before sunrise along quiet forest trails near the river, and collects old maps";
  const userAttributes = { about, city: "Graz" };
  return {
    order:
      "context first, its fields in the order of the JSON, then user attributes by name, as the record keeps them",
    names: [
      "a field's path is context.<key> or user.<key>, a nested one <path>.<key>; entries of an array have the path of the array; null and values nested deeper than 4 levels have no feature",
      "text: <path>=<text>; with white space and a word of 3 letters or more: <path>=<word> for each such word, once, in lower case, split at every character that is neither letter nor digit; of more than 16 words the first 4",
      "boolean: <path>=true or <path>=false",
      "number: <path>, and its weight is clip(sign(v) · ln(1 + |v|) / 4, −5, 5); every other weight is 1",
    ],
    limit: maxContextTokens,
    kept: "at most `limit`: those of numbers, booleans and texts that are one name come first; then texts of words and arrays, which take turns for the rest, one feature each",
    scale: "each weight is divided by √(the number of kept features)",
    hash: "FNV-1a, 32 bits (offset 0x811c9dc5, prime 0x01000193), over UTF-16 code units, then h ^= h >> 16, h *= 0x85ebca6b, h ^= h >> 13, h *= 0xc2b2ae35, h ^= h >> 16, all modulo 2^32",
    buckets: contextTokenBuckets,
    index: "hash modulo buckets",
    example: { context, userAttributes, tokens: contextTokens(context, userAttributes) },
  };
}

/** In words, with the formula of `createSpread`; nothing without diversity. */
const describeDiversity = ({ scenario: { rules: { diversity = 0 } = {} } }: ExportedPolicy) =>
  diversity > 0 && {
    diversity: {
      power: diversity / (1 - diversity),
      rule: "given the items above, exp(logit a / temperature) is multiplied by (1 − cᵀ C⁻¹ c)^power, with C the correlations of the items above and c theirs with a; two different items have the correlation 0.9 · cosine(a, b)",
      cosine:
        "Σ w over the values that both have / √(Σ w of a · Σ w of b); 0 for an item without values",
      values:
        "categories, and attributes that are texts or booleans, with their paths; entries of lists and objects one by one, the first 32 of an item",
      weight:
        "w = −log2 p, p the share of the candidates that have the value; 0 if one candidate alone has it",
    },
  };

export const createManifest = (policy: ExportedPolicy): object => ({
  format,
  recurve: policy.recurve,
  policy: {
    version: policy.snapshot.version,
    scenario: policy.scenario.name,
    createdAt: new Date(policy.snapshot.createdAt).toISOString(),
    checksum: policy.snapshot.checksum,
  },
  catalogueAsOf: policy.asOf,
  encoder: describeGraph(fileNames.encoder, policy.network.encoder),
  scorer: describeGraph(fileNames.scorer, policy.network.scorer),
  history: describeHistory(policy),
  features: describeHashing(),
  slate: {
    rule: "at each position P(a) = (1 − ε) · exp(logit a / temperature) / Σ exp(logit b / temperature) + ε/n over the n candidates that are left",
    temperature: 1,
    exploration: policy.exploration,
    /**
     * Then the serving policy is more than these files: the loop's draw is added to the logits of
     * each request.
     */
    fastLoop: servesWithLoop(policy.scenario.fastLoop, policy.ground),
    ...describeDiversity(policy),
  },
  items: describeItems(policy),
});
