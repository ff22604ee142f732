import type { ChallengerSetting } from "../domain/improvement-record.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { formatSignificant } from "../numeric/format.ts";
import type { RandomStream } from "../numeric/random.ts";

/** Half-lives of the reward model's memories, in cycles' worth of decisions: short, medium, all. */
export const halfLivesOf = ({ halfLives }: MpoConfiguration["critic"]): readonly number[] => [
  ...halfLives,
  Number.POSITIVE_INFINITY,
];
export const memoryHalfLives: readonly number[] = halfLivesOf(defaultMpo.critic);

/** ω without its name in a cycle. */
export type SettingValues = Omit<ChallengerSetting, "name">;

const memories = {
  short: [1, 0, 0],
  medium: [0, 1, 0],
  long: [0, 0, 1],
  mixed: [1 / 3, 1 / 3, 1 / 3],
} as const;

const memoryChoices = Object.values(memories);

/** Possible values of each coordinate of ω. */
export type SettingGrid = Pick<
  MpoConfiguration["challengers"],
  "klRadii" | "pessimisms" | "discriminators" | "proximities"
>;

/** A setting that improves the policy before anything was learned: the first incumbent. */
export const defaultSetting: SettingValues = {
  klRadius: 0.3,
  pessimism: 0.5,
  discriminator: 0,
  proximity: 1,
  memory: memories.mixed,
};

/** All settings that may be proposed: the whole grid. */
export const settingPool = (grid: SettingGrid): readonly SettingValues[] =>
  grid.klRadii.flatMap((klRadius) =>
    grid.pessimisms.flatMap((pessimism) =>
      grid.discriminators.flatMap((discriminator) =>
        grid.proximities.flatMap((proximity) =>
          memoryChoices.map((memory) => ({
            klRadius,
            pessimism,
            discriminator,
            proximity,
            memory,
          })),
        ),
      ),
    ),
  );

/** Index of the value of the grid that is nearest, so that a setting off the grid has neighbours too. */
function nearest(values: readonly number[], value: number): number {
  const distances = values.map((one) => Math.abs(one - value));
  return distances.indexOf(Math.min(...distances));
}

/** The setting of the grid that is nearest in each coordinate. */
export function fitToGrid(values: SettingValues, grid: SettingGrid): SettingValues {
  const snap = (choices: readonly number[], value: number) =>
    choices[nearest(choices, value)] ?? value;
  return {
    klRadius: snap(grid.klRadii, values.klRadius),
    pessimism: snap(grid.pessimisms, values.pessimism),
    discriminator: snap(grid.discriminators, values.discriminator),
    proximity: snap(grid.proximities, values.proximity),
    memory: values.memory,
  };
}

/**
 * Settings tried in every cycle: one with the largest radius of the grid and no pessimism (trust
 * region and gate then limit it), and, for a change of preferences, one that forgets the serving
 * policy.
 */
export function standingSettingsOf(grid: SettingGrid): readonly ChallengerSetting[] {
  const far = { ...defaultSetting, klRadius: Math.max(...grid.klRadii), pessimism: 0 };
  const leap = fitToGrid(far, grid);
  const softmax = fitToGrid({ ...far, proximity: 0 }, grid);
  return [
    { name: "leap", ...leap },
    { name: "softmax-short", ...softmax, memory: memories.short },
    { name: "softmax-medium", ...softmax, memory: memories.medium },
    { name: "softmax-long", ...softmax, memory: memories.long },
  ];
}

/** Those of the default grid. */
export const standingSettings: readonly ChallengerSetting[] = standingSettingsOf(
  defaultMpo.challengers,
);

function describeMemory(memory: readonly number[]): string {
  const known = Object.entries(memories).find(([, weights]) =>
    weights.every((weight, index) => weight === memory[index]),
  );
  return known === undefined
    ? memory.map((weight) => formatSignificant(weight)).join("/")
    : known[0];
}

/** ω in a line, such as `ε 0.3, κ 0.5, α 0, ρ 1, memory mixed`: by this a setting is known from cycle to cycle. */
export const describeSetting = (values: SettingValues): string =>
  `ε ${formatSignificant(values.klRadius)}, κ ${formatSignificant(values.pessimism)}, α ${formatSignificant(values.discriminator)}, ρ ${formatSignificant(values.proximity)}, memory ${describeMemory(values.memory)}`;

/** A step up or down on the grid, inwards at its ends. */
function step(choices: readonly number[], value: number, random: RandomStream): number {
  const values = choices.toSorted((left, right) => left - right);
  const index = nearest(values, value);
  const last = values.length - 1;
  const move = index === 0 ? 1 : index === last ? -1 : random.integer(2) * 2 - 1;
  return values[index + move] ?? value;
}

const coordinates = [
  ["klRadius", "klRadii"],
  ["pessimism", "pessimisms"],
  ["discriminator", "discriminators"],
  ["proximity", "proximities"],
] as const;

/** The setting with one coordinate changed, a coordinate that has a choice. */
export function changeOne(
  values: SettingValues,
  grid: SettingGrid,
  random: RandomStream,
): SettingValues {
  const free = coordinates.filter(([, choices]) => grid[choices].length > 1);
  const [coordinate, choices] = free[random.integer(free.length + 1)] ?? [];
  if (coordinate !== undefined && choices !== undefined)
    return { ...values, [coordinate]: step(grid[choices], values[coordinate], random) };
  const others = memoryChoices.filter((memory) => memory.some((w, m) => w !== values.memory[m]));
  return { ...values, memory: others[random.integer(others.length)] ?? values.memory };
}
