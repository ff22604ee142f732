import Table from "cli-table3";
import type { ActivityFigures } from "../../domain/activity.ts";
import type { ActivityMeasure } from "../../domain/activity-measure.ts";
import type { Measured } from "../../domain/reward-series.ts";
import type { Activity } from "../../engine/calls/measure-calls.ts";
import { formatWhole } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";

const names: Readonly<Record<ActivityMeasure, string>> = {
  sessionsPerDay: "sessions a day",
  returnWithinDay: "back within a day",
  returnWithinWeek: "back within 7 days",
  sessionSeconds: "seconds a session",
  sessionDecisions: "decisions a session",
};

const write = (value: number) => value.toPrecision(3).replace("-", "−");

/** `0.412 (0.401 to 0.423)`. */
const describe = (measured: Measured | undefined): string =>
  measured === undefined
    ? "–"
    : `${write(measured.value)} (${measured.interval.map(write).join(" to ")})`;

/** A row for each measure, a column for each arm, with 95 % intervals; then differences. */
export function describeActivity({ arms, against, from, to, scenario }: Activity): string {
  if (arms.length === 0) return `scenario ${scenario}: no decisions in this time`;
  const table = new Table({
    style: plain,
    head: [
      "",
      ...arms.map(({ arm, users, sessions }) =>
        [arm, `${formatWhole(users)} users`, `${formatWhole(sessions)} sessions`].join(", "),
      ),
    ],
  });
  const compared = arms.filter(({ difference }) => Object.keys(difference ?? {}).length > 0);
  const add = (label: string, figures: readonly (ActivityFigures | undefined)[]) => {
    for (const [measure, name] of Object.entries(names) as [ActivityMeasure, string][])
      table.push([`${label}${name}`, ...figures.map((one) => describe(one?.[measure]))]);
  };
  add(
    "",
    arms.map(({ figures }) => figures),
  );
  if (compared.length > 0)
    add(
      `above ${against}: `,
      arms.map(({ difference }) => difference),
    );
  const span = [from, to].map((time) => new Date(time).toISOString().slice(0, 16)).join(" to ");
  return `scenario ${scenario}, ${span}, 95 % intervals over users\n${table.toString()}`;
}
