/** THIRD-PARTY.md lists every package whose code is shipped, in the installed version. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const generate = (...args: string[]) =>
  execFileSync(process.execPath, [".ci/third-party.js", ...args], { cwd: root, encoding: "utf8" });

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly version: string;
}

/** A package and all packages that it needs, with their versions, found as Node finds them. */
function needed(name: string, from: string): string[] {
  for (let folder = from; ; folder = join(folder, "..")) {
    let manifest: Manifest;
    try {
      manifest = JSON.parse(
        readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"),
      );
    } catch {
      if (folder === root || folder === "/") throw new Error(`${name} is not installed`);
      continue;
    }
    const own = join(folder, "node_modules", name);
    return [
      `${name} ${manifest.version}`,
      ...Object.keys(manifest.dependencies ?? {}).flatMap((other) => needed(other, own)),
    ];
  }
}

it("THIRD-PARTY.md is the output of npm run third-party", () => {
  const folder = mkdtempSync(join(tmpdir(), "upsweep-notice-"));
  try {
    generate(join(folder, "notice.md"));
    expect(readFileSync(join(root, "THIRD-PARTY.md"), "utf8")).toBe(
      readFileSync(join(folder, "notice.md"), "utf8"),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("THIRD-PARTY.md lists what the dependencies need, except piscina, which is installed with the package", () => {
  const { dependencies = {} } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as Manifest;
  const bundled = Object.keys(dependencies).filter((name) => name !== "piscina");
  const expected = new Set(bundled.flatMap((name) => needed(name, root)));
  expect(new Set(generate("--names").trim().split("\n"))).toEqual(expected);
});
