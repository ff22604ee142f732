/** Measures of activity, each a ratio of sums over users. */
export const activityMeasures = [
  "sessionsPerDay",
  "returnWithinDay",
  "returnWithinWeek",
  "sessionSeconds",
  "sessionDecisions",
] as const;

/** A measure of activity: an entry of `activityMeasures`. */
export type ActivityMeasure = (typeof activityMeasures)[number];
