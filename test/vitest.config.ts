import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/errors-made.ts"],
    // What runs in processes and threads of its own, from dist/bin, does not count: the least that the tests in here reach.
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/cli.ts", "src/run/workers/worker.ts"],
      reporter: ["text"],
      thresholds: { lines: 95 },
      reportsDirectory: "build/coverage",
    },
    // A file of tests for each processor: vitest leaves one free, which on two processors halves its speed.
    maxWorkers: "100%",
    // The longest tests walk every small layer on three kernels; nothing here is timed.
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
