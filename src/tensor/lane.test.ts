import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { builtPackage } from "../../tests/support/built-command.ts";
import { createTestFolder } from "../../tests/support/store.ts";

/** A process that exits with 130 in the middle of a lane's run of these many products of large matrices. */
function startRun(products: number) {
  const folder = join(builtPackage(), "dist/tensor");
  const program = `
    const { openLane } = await import("${folder}/lane.js");
    const { createGraph, input } = await import("${folder}/graph.js");
    const { matmul } = await import("${folder}/linear-algebra.js");
    const x = input(createGraph(), "x", [1000, 1000]);
    let y = x;
    for (let product = 0; product < ${products}; product++) y = matmul(y, x);
    const lane = await openLane(x.graph, { y });
    process.on("SIGINT", () => console.log("ignored"));
    lane.run({ x: new Float32Array(1_000_000) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log("exits");
    process.exit(130);
  `;
  const path = join(createTestFolder(), "program.mjs");
  writeFileSync(path, program);
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("an exit lets the run of a lane end, and keeps its code", async () => {
  expect(await once(startRun(10), "exit")).toEqual([130, null]);
});

test("a signal ends the waiting for a long run", async () => {
  const child = startRun(1000);
  await once(child.stdout, "data");
  await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([null, "SIGINT"]);
});
