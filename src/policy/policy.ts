import type { PolicyGround } from "../domain/fast-loop.ts";
import type { ItemId } from "../domain/ids.ts";
import type { PolicyKind } from "../domain/policy-snapshot.ts";
import type { IndexList } from "../numeric/index-list.ts";
import type { Representation } from "./fast-loop/basis.ts";
import type { Token } from "./item-features.ts";
import type { Profile } from "./profile.ts";

/** An item as a policy sees it: its hashed features at one revision. */
export interface ItemView {
  readonly itemId: ItemId;
  /**
   * Event number of the revision; `undefined` if the features came with the request and must not be
   * cached.
   */
  readonly sequence: number | undefined;
  readonly tokens: readonly Token[];
  /** The item's text as a sentence-embedding model sees it; absent without a model or a text. */
  readonly text?: TextVector;
  /** The item without features of a decision's moment, if this one has some. */
  readonly base?: ItemView;
}

export interface TextVector {
  /** Identifies a model: an integer of 48 bits. */
  readonly model: number;
  /** Of length 1. */
  readonly vector: Float32Array;
}

/** Texts of one model. */
export interface TextShape {
  readonly model: number;
  /** Numbers of a vector. */
  readonly width: number;
}

/**
 * Input of a decision: the user and the moment, with the items of the history in the profile's
 * order.
 */
export interface PolicyState {
  readonly profile: Profile;
  readonly history: readonly ItemView[];
}

/** The same logits, with their parts. */
export interface PolicyTowers {
  readonly ground: PolicyGround;
  represent(state: PolicyState, candidates: readonly ItemView[]): Promise<Representation>;
  /** Whether the policy was trained with the item itself, not only with its features. */
  isKnown(itemId: ItemId): boolean;
  /** Indices of the items that it was not trained with, ascending. */
  unknownIn(views: readonly ItemView[]): IndexList;
}

/**
 * Parts of a policy's logits, which add up to them up to one number that all candidates have in common:
 * - `popularity`: the baseline's order.
 * - `encoder`: κ times the product of state and item.
 * - `chain`: κ times the chain's part of the log-odds.
 * - `head`: the remainder, which learning moves.
 */
export type PolicyTerms = Readonly<
  Partial<Record<"popularity" | "encoder" | "chain" | "head", Float64Array>>
>;

/** Reasons of a policy's logits. */
export interface PolicyReasons {
  /** Each less its mean over the candidates. */
  terms(state: PolicyState, candidates: readonly ItemView[]): Promise<PolicyTerms>;
  /** Share of each item of the profile's sequence in the encoder's state; undefined without an encoder. */
  attend(state: PolicyState): Promise<Float64Array | undefined>;
}

/** The best of a list. */
export interface BestWanted {
  /** How many, ties with the last of them included. */
  readonly count: number;
  /** Indices of items that are none of them, ascending. */
  readonly hidden: readonly number[];
  /** The best are those of the largest differences from the logits of this state. */
  readonly less?: PolicyState;
}

/**
 * A serving policy: maps a state and candidates to logits, which `slate.ts` turns into slates and
 * propensities.
 */
export interface Policy {
  readonly kind: PolicyKind;
  /** One finite logit for each candidate. */
  logits(state: PolicyState, candidates: readonly ItemView[]): Promise<Float64Array>;
  /**
   * Indices of a list's items, ascending, that all of its best are among: few, of a whole catalogue. Undefined if exact logits cost no more; absent
   * if they never do.
   */
  findBest?(
    state: PolicyState,
    views: readonly ItemView[],
    wanted: BestWanted,
  ): Promise<ArrayLike<number> | undefined>;
  /** Input of the fast loop; absent if a policy has no features of its own. */
  readonly towers?: PolicyTowers;
  /** Input of an explanation; each policy that is loaded from a snapshot has it. */
  readonly reasons?: PolicyReasons;
  close(): Promise<void>;
}
