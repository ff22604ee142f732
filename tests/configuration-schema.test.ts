import { expect, test } from "vitest";
import { defaultMpo } from "../src/domain/mpo-fields.ts";
import {
  configurationJsonSchema,
  parseConfiguration,
} from "../src/engine/configuration/configuration.ts";
import type { ConfigurationInput } from "../src/engine/configuration/define-config.ts";
import { codeSpans, readDocument, readTables } from "./support/documents.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly [keyword: string]: unknown;
}

const schema: Node = { ...configurationJsonSchema() };

const withoutLinks = (text: string) =>
  text.replaceAll(/ \(\[[^\]]+\]\([^)]+\)\)/g, "").replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1");

/** Meanings in the guide's tables, by `field` or `group.field`; the unit, where there is one, stands in the column before. */
const meanings = new Map(
  readTables(readDocument("docs/guides/configuration.md").text).flatMap((cells) => {
    const [meaning = "", unit = "–"] = cells.slice(3 - cells.length).toReversed();
    const text = withoutLinks(cells.length < 4 || unit === "–" ? meaning : `${meaning} (${unit})`);
    return codeSpans(cells[0] ?? "").map((name) => [name, text] as const);
  }),
);

function describe(node: Node, name = ""): Node {
  const { properties, items } = node;
  const described = Object.entries(properties ?? {}).map(([key, child]) => {
    const description = meanings.get(`${name}.${key}`) ?? meanings.get(key);
    return [key, { ...(description && { description }), ...describe(child, key) }];
  });
  return {
    ...node,
    ...(properties && { properties: Object.fromEntries(described) }),
    ...(items && { items: describe(items, name) }),
  };
}

const described = describe(schema);

/** Every field by its path; those that hold fields stand for them. */
function pathsOf(node: Node, path = ""): readonly (readonly [string, Node])[] {
  const { properties = node.items?.properties } = node;
  if (properties === undefined) return [[path, node]];
  return Object.entries(properties).flatMap(([key, child]) => pathsOf(child, `${path}.${key}`));
}

test("configuration.schema.json has the rules of the code and the meanings of the guide; -u writes it anew", async () => {
  await expect(`${JSON.stringify(described, null, 2)}\n`).toMatchFileSnapshot(
    "../configuration.schema.json",
  );
});

test("every field has its meaning", () => {
  const paths = pathsOf(described);
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([
    ".$schema",
  ]);
});

type Complete<T> = T extends readonly (infer One)[]
  ? readonly Complete<One>[]
  : T extends object
    ? { readonly [Field in keyof T]-?: Complete<Exclude<T[Field], undefined>> }
    : T;

test("defineConfig and the schema have the same fields", () => {
  const complete: Complete<ConfigurationInput> = {
    $schema: "./node_modules/recurve/configuration.schema.json",
    scenarios: [
      {
        name: "shop",
        slateSize: 1,
        excludeSeen: true,
        rules: {
          filter: "price > 0",
          exclude: ["sku-9"],
          caps: [{ by: "brand", most: 2 }],
          boosts: [{ filter: "price < 5", add: 0.5 }],
          pins: [{ itemId: "sku-1", position: 0 }],
          repetition: [{ showings: 3, hours: 24, unless: ["click"], by: "author" }],
          aversions: [{ types: ["less"], by: "author", days: 9, add: -1, unless: ["more"] }],
          newcomers: [{ by: "author", days: 14, add: 1 }],
          diversity: 0.9,
        },
        exploration: 0.1,
        loopExploration: 0.01,
        maxCandidates: 10,
        discount: 0,
        sessionGapSeconds: 60,
        slateReward: "position",
        ads: { outcomes: ["click"], bidWeight: 1, valueWeight: 10, qualityFloor: 0.1 },
        social: { author: "author", types: ["like"], hours: 24, candidates: 5 },
        sources: { newest: 5, trending: 5, similar: 5 },
        reward: {
          weights: {},
          windowSeconds: 60,
          graceSeconds: 0,
          repeats: {},
          viewedType: "view",
          defaultReward: 0,
          minimum: 0,
          maximum: 1,
          windows: {},
        },
        guards: [
          {
            type: "click",
            measure: "returnWithinDay",
            margin: 0.1,
            harm: "falls",
            segments: [{ attribute: "country", values: ["SE"], margin: 0.2 }],
          },
        ],
        fastLoop: { enabled: "until-encoder", forgetting: 0.99, temperature: 0.1, drawScale: 1 },
      },
    ],
    baselineShare: 0.1,
    canaryShare: 0.1,
    holdbackShare: 0.1,
    anchorShare: 0.1,
    uniformShare: 0.1,
    learner: {
      intervalSeconds: 1,
      minDecisions: 100,
      maxDecisions: 1000,
      maxCycleMinutes: 1,
      priority: "below-normal",
      maxMemory: 1024,
      encoder: { minutes: 1, newShare: 0.1, days: 1 },
      mpo: defaultMpo,
    },
    compatibility: { gorse: { scenario: "items" }, personalizer: { scenario: "items" } },
    server: {
      hosts: ["shop.example"],
      origins: [],
      authentication: "keys",
      maxRequests: 50,
      keyShare: 0.5,
      maxConnections: 9,
    },
    text: { fields: ["title"], model: "model" },
    tracking: { uri: "http://mlflow.example:5000", prefix: "shop" },
    privacy: {
      pseudonyms: {
        key: { variable: "SHOP_KEY", file: "/run/secrets/shop" },
        previous: [{ variable: "OLD_KEY", file: "old" }],
      },
      consent: { train: false, personalise: true },
      retention: { eventDays: {}, decisionDays: 90, cycleDays: 90 },
      relearnDays: 7,
      differential: { epsilon: 8, delta: 1e-6, trainings: 4, clip: 0.5, samplingRate: 0.02 },
    },
  };
  const toNode = (value: unknown): Node => {
    if (Array.isArray(value)) return { items: toNode(value[0]) };
    const fields = Object.entries(value !== null && typeof value === "object" ? value : {});
    if (fields.length === 0) return {};
    return { properties: Object.fromEntries(fields.map(([key, child]) => [key, toNode(child)])) };
  };
  const names = (node: Node) => pathsOf(node).map(([path]) => path);
  expect(names(toNode(complete)).toSorted()).toEqual(names(schema).toSorted());
  const parsed = parseConfiguration({
    ...complete,
    scenarios: complete.scenarios.map(({ ads: _, guards: __, ...scenario }) => ({
      ...scenario,
      reward: { ...scenario.reward, weights: { click: 1 } },
    })),
    compatibility: { gorse: { scenario: "shop" } },
    privacy: { consent: complete.privacy.consent },
  });
  expect(parsed.scenarios[0]?.exploration).toBe(0.1);
});
