import type { ItemId, UserId } from "../../domain/ids.ts";
import type { Representation } from "./basis.ts";

/** An item, and whether the policy was trained with it. */
export interface ItemOfModel {
  readonly itemId: ItemId;
  readonly isKnown: boolean;
  /** Of an ad: number of the outcome that its campaign pays for; absent if that is the impression. */
  readonly outcome?: number;
}

/** One shown item with its reward. */
export interface ShownItem extends ItemOfModel {
  /** Index among the candidates. */
  readonly candidate: number;
  readonly position: number;
  /** In [0, 1]: share of the reward range. */
  readonly reward: number;
}

/** A visit as a policy sees it. */
export interface FastVisit {
  readonly userId: UserId;
  readonly towers: Representation;
}

/** A visit to draw for. */
export interface DrawnVisit extends Pick<FastVisit, "towers"> {
  /** Undefined of a stranger, who has no residual of one's own. */
  readonly userId: UserId | undefined;
}

export interface FastDecision extends FastVisit {
  readonly shown: readonly ShownItem[];
}
