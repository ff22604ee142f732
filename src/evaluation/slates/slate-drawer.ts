import type { PrefixRules } from "../../domain/prefix-rules.ts";
import { membersOf } from "../../domain/slate-caps.ts";
import { type CandidateSums, createDrawable } from "./drawable.ts";

/**
 * How a policy fills a slate without repetition: at position k it takes one of the candidates that are left, a with
 * (1 − ε)·π_k(a)/Σ_left π_k + ε/|left|. With caps those are left that no full group forbids; with diversity π_k(a) is multiplied by
 * a power of the part of a that the items above leave unexplained.
 */
export interface SlateRule extends PrefixRules {
  /** π_k of all K candidates, without the floor; the last one holds for all further positions. */
  readonly policies: readonly Float64Array[];
  /** ε of the floor, in [0, 1]. */
  readonly exploration: number;
}

/** π of position k. */
export const policyAt = ({ policies }: Pick<SlateRule, "policies">, k: number): Float64Array =>
  policies[k] ?? policies.at(-1)!;

/** A logged slate with the values of its candidates. */
export interface ValuedSlate {
  /** Indices of the logged items, position 0 first. */
  readonly items: readonly number[];
  /** v of the K candidates. */
  readonly values: Float64Array;
  /** Positions that were asked for, if caps have ended the slate before. What further ones would have been worth counts at the last. */
  readonly asked?: number;
}

/**
 * Fills slates by a rule without diversity, candidate by candidate. A candidate is closed if it was taken, or if a full group forbids
 * it. One may also be barred: it keeps its probability, but is not drawn.
 */
export interface SlateDrawer {
  /** Changes to another rule and slate. */
  open(rule: SlateRule, slate: ValuedSlate): void;
  /** Begins an empty slate, with nothing barred. */
  clear(): void;
  /** Puts a candidate at the next position. */
  take(a: number): void;
  /** @returns false if it can't be drawn already */
  bar(a: number): boolean;
  isClosed(a: number): boolean;
  closedCount(): number;
  /** In the order in which they were closed, the first `closedCount`; valid until the next `clear`. */
  closed(): Int32Array;
  /** Of the candidates that can be drawn; valid until the next change. */
  readonly drawable: Readonly<CandidateSums>;
  /**
   * One of the candidates that can be drawn.
   * @param uniform in [0, 1); the first `floorShare` of it are for the uniform choice
   */
  draw(uniform: number, floorShare: number): number;
}

/** A candidate's state, beside 0 for one that can be drawn. */
const barredState = 1;
const closedState = 2;

/** Its memory is used again for each rule. */
export function createSlateDrawer(): SlateDrawer {
  const drawable = createDrawable();
  let states = new Uint8Array();
  let order = new Int32Array();
  let closedCount = 0;
  let caps: SlateRule["caps"];
  let members: ReturnType<typeof membersOf> = [];
  let room: number[] = [];

  function close(a: number): void {
    if (states[a] === closedState) return;
    if (states[a] !== barredState) drawable.mark(a);
    states[a] = closedState;
    order[closedCount++] = a;
  }
  function closeFull(group: number): void {
    if (room[group]! > 0) return;
    for (const member of members[group]!) close(member);
    drawable.removeMarked();
  }
  return {
    drawable: drawable.sums,
    open({ policies, caps: given }, { values }) {
      drawable.open(policies, values);
      if (states.length !== values.length) {
        states = new Uint8Array(values.length);
        order = new Int32Array(values.length);
      }
      if (given !== caps) members = given ? membersOf(given) : [];
      caps = given;
    },
    clear() {
      states.fill(0);
      drawable.clear();
      closedCount = 0;
      room = [...(caps?.limits ?? [])];
      for (let group = 0; group < room.length; group++) closeFull(group);
    },
    take(a) {
      close(a);
      drawable.removeMarked();
      for (const group of caps?.groupsOf[a] ?? []) {
        room[group]!--;
        closeFull(group);
      }
      drawable.advance();
    },
    bar(a) {
      if (states[a] !== 0) return false;
      states[a] = barredState;
      drawable.mark(a);
      drawable.removeMarked();
      return true;
    },
    isClosed: (a) => states[a] === closedState,
    closedCount: () => closedCount,
    closed: () => order,
    draw: drawable.draw,
  };
}
