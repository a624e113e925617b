/** The version of this program. */
import { readFileSync } from "node:fs";

/**
 * The version in package.json. The path is valid from dist/run, dist/bin and src/run, which have the
 * same depth.
 */
export function packageVersion(): string {
  const { version } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  return version;
}
