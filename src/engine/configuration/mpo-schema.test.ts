import { describe, expect, test } from "vitest";
import type { MpoField } from "../../domain/mpo-field.ts";
import { defaultMpo, mpoFields } from "../../domain/mpo-fields.ts";
import { parseConfiguration } from "./configuration.ts";

const scenario = {
  name: "shop",
  slateSize: 3,
  excludeSeen: false,
  reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
};
const parse = (mpo: unknown) =>
  parseConfiguration({ scenarios: [scenario], learner: { mpo } }).learner.mpo;

const fields = Object.entries(mpoFields).flatMap(([group, members]) =>
  Object.entries<MpoField>(members).map(([name, field]) => ({ group, name, field })),
);
const numeric = fields.flatMap(({ field, ...where }) =>
  field.kind === "choice" ? [] : [{ ...where, field }],
);

describe("learner.mpo", () => {
  test("is complete without being given, and a part that is given keeps the defaults of the rest", () => {
    expect(parseConfiguration().learner.mpo).toEqual(defaultMpo);
    const { gate, ...rest } = parse({ gate: { minimumRows: 500 } });
    expect(gate).toEqual({ ...defaultMpo.gate, minimumRows: 500 });
    const { gate: _, ...others } = defaultMpo;
    expect(rest).toEqual(others);
  });

  test.each(numeric)(
    "$group.$name has its default and its bounds in range, nothing beyond",
    ({ group, name, field }) => {
      const given = (value: number) =>
        parse({
          [group]: {
            ...(name === "minEpochs" ? { maxEpochs: field.maximum } : {}),
            ...(name === "maxEpochs" ? { minEpochs: field.minimum } : {}),
            [name]:
              field.kind === "numbers"
                ? Array.from({ length: field.length ?? 1 }, () => value)
                : value,
          },
        });
      for (const value of [field.minimum, field.maximum]) expect(() => given(value)).not.toThrow();
      for (const value of [field.minimum - 1, field.maximum + 1, Number.NaN])
        expect(() => given(value)).toThrow(`learner.mpo.${group}.${name}`);
    },
  );

  test.each([
    [{ distillation: { objective: "forward-kl" } }, "learner.mpo.distillation.objective"],
    [
      { critic: { minEpochs: 9 } },
      "learner.mpo.critic.minEpochs is 9: must not be above maxEpochs, which is 8",
    ],
    [
      { critic: { maxEpochs: 1 } },
      "learner.mpo.critic.maxEpochs is 1: must not be below minEpochs, which is 2",
    ],
    [{ critic: { halfLives: [1] } }, "learner.mpo.critic.halfLives"],
    [{ challengers: { klRadii: [] } }, "learner.mpo.challengers.klRadii"],
    [{ critics: {} }, "learner.mpo.critics is unknown"],
  ])("%j is refused by name", (mpo, message) => {
    expect(() => parse(mpo)).toThrow(message);
  });
});
