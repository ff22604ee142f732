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
 * An outcome that a promotion must not cost: the share of shown items with an event of a type, which may not fall (or rise) by more than a
 * margin.
 */
export interface GuardMetric {
  /** Event type with a weight in the reward rule; 0 if it is to be guarded alone. */
  readonly type: string;
  /** Largest fall, or rise, as a share of the serving policy's value, in (0, 1). */
  readonly margin: number;
  /** Direction of harm. Default `falls`. */
  readonly harm?: "falls" | "rises";
  readonly segments?: readonly GuardSegments[];
}

/** One comparison: a guard metric on all users, or on those of one segment. */
export interface GuardTest {
  /** Such as `purchase`, or `purchase of country SE`. */
  readonly name: string;
  readonly type: string;
  readonly margin: number;
  readonly harm: "falls" | "rises";
  /** Absent of all users. */
  readonly segment?: { readonly attribute: string; readonly value: string | number | boolean };
}

/** Each metric, then its segments. */
export const guardTestsOf = (guards: readonly GuardMetric[] = []): readonly GuardTest[] =>
  guards.flatMap(({ type, margin, harm = "falls", segments = [] }) => [
    { name: type, type, margin, harm },
    ...segments.flatMap(({ attribute, values, margin: own = margin }) =>
      values.map((value) => ({
        ...{ name: `${type} of ${attribute} ${value}`, type, harm },
        ...{ margin: own, segment: { attribute, value } },
      })),
    ),
  ]);

/** Whether a test is about a user with these attributes. */
export const isTested = (
  { segment }: GuardTest,
  attributes: Readonly<Record<string, unknown>>,
): boolean => segment === undefined || attributes[segment.attribute] === segment.value;
