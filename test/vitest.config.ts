import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    include: ["test/**/*.test.ts"],
    // The longest tests walk every small layer on three kernels; nothing here is timed.
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
