/**
 * The slow tier: the files that import test/support/tier.ts, with all their random cases and the
 * long tests.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";
import fast from "./vitest.config.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const tests = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".test.ts"),
);
const slow = tests.filter((name) =>
  readFileSync(join(folder, name), "utf8").includes("support/tier.ts"),
);

const { include: _, ...shared } = fast.test ?? {};
export default mergeConfig(
  { ...fast, test: shared },
  defineConfig({
    test: {
      include: slow.map((name) => `test/${name}`),
      env: { UPSWEEP_TIER: "slow" },
      testTimeout: 1_200_000,
    },
  }),
);
