import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts", "bench/**/*.test.ts"],
    // ONNX Runtime sessions own native threads, which worker_threads share badly.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
  },
});
