/** THIRD-PARTY.md names every package whose code is shipped, as it is installed here. */
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

/** Packages that a package needs, itself included, with their versions: by Node's own search for them. */
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

it("THIRD-PARTY.md is as npm run third-party writes it", () => {
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

it("THIRD-PARTY.md names what the dependencies need, but for piscina, which is installed with the package", () => {
  const { dependencies = {} } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as Manifest;
  const bundled = Object.keys(dependencies).filter((name) => name !== "piscina");
  const expected = new Set(bundled.flatMap((name) => needed(name, root)));
  expect(new Set(generate("--names").trim().split("\n"))).toEqual(expected);
});
