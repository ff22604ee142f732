import type { ActivityMeasure } from "./activity-measure.ts";

/** Users that a guard metric is also judged on alone: those whose attribute has one of the values, each value for itself. */
export interface GuardSegments {
  /** Name of a user's attribute. */
  readonly attribute: string;
  /** Different texts, numbers or booleans. */
  readonly values: readonly (string | number | boolean)[];
  /** Margin of each of them; default: that of the metric. */
  readonly margin?: number;
}

/**
 * An outcome that a promotion must not cost, which may not fall (or rise) by more than a margin: the share of shown items with an event of
 * `type`, or the `measure` of activity. One of the two is given.
 */
export interface GuardMetric {
  /** Event type with a weight in the reward rule; 0 if it is to be guarded alone. */
  readonly type?: string;
  /** Judged on live users alone: the log does not tell whether they would have come back. */
  readonly measure?: ActivityMeasure;
  /** Largest fall, or rise, as a share of the serving policy's value, in (0, 1). */
  readonly margin: number;
  /** Direction of harm. Default `falls`. */
  readonly harm?: "falls" | "rises";
  readonly segments?: readonly GuardSegments[];
}

/** A type of events, or a measure of activity. */
export type GuardedOutcome = { readonly type: string } | { readonly measure: ActivityMeasure };

/** One comparison: a guard metric on all users, or on those of one segment. */
export interface GuardTest {
  /** Such as `purchase`, or `purchase of country SE`. */
  readonly name: string;
  readonly outcome: GuardedOutcome;
  readonly margin: number;
  readonly harm: "falls" | "rises";
  /** Absent of all users. */
  readonly segment?: { readonly attribute: string; readonly value: string | number | boolean };
}

/** Each metric, then its segments. */
export const guardTestsOf = (guards: readonly GuardMetric[] = []): readonly GuardTest[] =>
  guards.flatMap(({ type = "", measure, margin, harm = "falls", segments = [] }) => {
    const outcome = measure === undefined ? { type } : { measure };
    const name = measure ?? type;
    return [
      { name, outcome, margin, harm },
      ...segments.flatMap(({ attribute, values, margin: own = margin }) =>
        values.map((value) => ({
          name: `${name} of ${attribute} ${value}`,
          outcome,
          harm,
          margin: own,
          segment: { attribute, value },
        })),
      ),
    ];
  });

/** Whether a test is about a user with these attributes. */
export const isTested = (
  { segment }: GuardTest,
  attributes: Readonly<Record<string, unknown>>,
): boolean => segment === undefined || attributes[segment.attribute] === segment.value;
