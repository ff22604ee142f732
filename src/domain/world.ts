import type { Campaign } from "./campaign.ts";
import type { Item, User } from "./catalogue.ts";
import type { Candidate } from "./decision.ts";
import type { Edge } from "./edge.ts";
import type { ItemId, UserId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { ScenarioRules } from "./rules.ts";
import type { SocialRule } from "./social.ts";

/** A visit of a simulated user whose slate comes from the whole catalogue. */
export interface CatalogueVisit {
  readonly userId: UserId;
  readonly context: JsonObject;
  /** Seconds since the first visit could be; left out: visits come one after the other. */
  readonly at?: number;
}

/** A visit of a simulated user: the request that the application would send. */
export interface Visit extends CatalogueVisit {
  readonly candidates: readonly Candidate[];
}

/** An event that a simulated user sends in answer to a slate. */
export interface Reaction {
  readonly itemId: ItemId;
  readonly type: string;
  readonly value: number;
}

/** A place with users whose true preferences are known to it alone. All randomness comes from its seed. */
export interface World<Visited extends CatalogueVisit = Visit> {
  readonly name: string;
  readonly items: readonly Item[];
  readonly users: readonly User[];
  /** Behaviour known before the first decision, for example the ratings of a first visit. */
  readonly history: readonly (Reaction & { readonly userId: UserId })[];
  readonly slateSize: number;
  /** Reward of a reaction by type, and the range of a position's reward. */
  readonly rewards: {
    readonly weights: Readonly<Record<string, number>>;
    readonly minimum: number;
    readonly maximum: number;
  };
  /** Campaigns whose ads the items are; left out: there are none, and nothing is sold. */
  readonly campaigns?: readonly Campaign[];
  /** Edges between users, and the scenario's rule about them; left out: there are none. */
  readonly edges?: readonly Edge[];
  readonly social?: Partial<SocialRule>;
  /** Of the scenario, as is the number of candidates. */
  readonly rules?: ScenarioRules;
  readonly maxCandidates?: number;
  /** Items that are made since the visit before. Left out: there are none. */
  readonly itemsBefore?: (turn: number) => readonly Item[];
  /** Items that a user has an event with are not shown to them again; left out: they are. */
  readonly excludeSeen?: true;
  /**
   * Events without a slate since the visit before, in their order: they come when its reward window is
   * over. Left out: there are none.
   */
  readonly eventsBefore?: (turn: number) => readonly (Reaction & { readonly userId: UserId })[];
  /** The visit number `turn`, from 0. The same for every policy, unless the world says that slates change who comes next. */
  visit(turn: number): Visited;
  /** Answers depend on the visit, the slate and the seed only, so that policies can be compared pair by pair. */
  react(turn: number, slate: readonly ItemId[]): readonly Reaction[];
  /** True expected reward of a slate in this visit, for reports. */
  expectedReward(turn: number, slate: readonly ItemId[]): number;
  /** The slate of this visit's candidates whose true expected reward is highest, for reports. */
  bestSlate(turn: number): readonly ItemId[];
}
