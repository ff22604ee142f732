import { expect, it } from "vitest";
import { readPlayedSources, readRevision } from "./machine.ts";

it.skipIf(readRevision() === "unknown")(
  "names the product's sources, those of the worlds and the packages by their contents",
  () => {
    expect(readPlayedSources()).toMatch(/^([0-9a-f]{40}\n){3}/);
  },
);
