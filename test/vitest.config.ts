import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/errors-made.ts"],
    // Code in separate processes and threads, from dist/bin, is not measured. These tests alone
    // must reach the threshold.
    coverage: {
      include: ["src/**/*.ts"],
      exclude: ["src/cli.ts", "src/run/workers/worker.ts"],
      reporter: ["text"],
      thresholds: { lines: 95 },
      reportsDirectory: "build/coverage",
    },
    // One test file per processor. vitest leaves one processor free by default, which halves the
    // speed on two.
    maxWorkers: "100%",
    // The longest tests walk every small layer on three kernels. Nothing is timed.
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
