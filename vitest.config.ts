import { defineConfig } from "vitest/config";

// Where .ci/run reads the totals from.
const { RECURVE_TEST_REPORT: report, RECURVE_FULL: full } = process.env;

export default defineConfig({
  // The examples import the package as its users do.
  resolve: {
    alias: {
      "recurve/evaluation": new URL("src/evaluation/index.ts", import.meta.url).pathname,
      "recurve/tensor": new URL("src/tensor/index.ts", import.meta.url).pathname,
      "recurve/react": new URL("src/react/use-recommendations.ts", import.meta.url).pathname,
      "recurve/sdk": new URL("src/sdk/client.ts", import.meta.url).pathname,
      recurve: new URL("src/index.ts", import.meta.url).pathname,
    },
  },
  test: {
    include: [
      "src/**/*.test.ts",
      "tests/**/*.test.ts",
      "bench/**/*.test.ts",
      "dashboard/src/**/*.test.ts",
    ],
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    globalSetup: ["tests/support/build-once.ts", "tests/support/run-folder.ts"],
    // ONNX Runtime sessions own native threads, which worker_threads share badly.
    pool: "forks",
    // The full tier waits for registries, browsers and other programs: a third worker uses that time.
    maxWorkers: full === undefined ? 2 : 3,
    // A worker reads the modules once and not once a file, which halves the time. No test mocks a module.
    isolate: false,
    // Guards against hanging, not measurements: a busy machine takes several times as long as a quiet one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
