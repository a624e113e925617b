/** The package as users get it: packed, installed elsewhere, and used there. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { words } from "../support/text.ts";
import { read } from "./documents.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "upsweep-package-"));
  const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${filename}`]);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the installed package", () => {
  it("runs as a command", () => {
    const text = run(
      "npx",
      words`
        upsweep count --in-channels 1 --out-channels 1 --kernel-size 3 --l-in 2
      `,
    );
    expect(text).toContain("y = 1 2 2 1");
  });

  it("sweeps on worker threads through the library", () => {
    writeFileSync(
      join(folder, "use.js"),
      `import { count, sweep } from "upsweep";
       const axes = { in_channels: 64, out_channels: "1..64", kernel_size: "2..16", stride: "1..8", l_in: "1..16" };
       let rows = 0;
       let macs = 0n;
       for await (const batch of sweep({ axes }, { workers: 2 })) for (const row of batch) { rows++; macs += row.macs; }
       let expected = 0n;
       for (let o = 1; o <= 64; o++)
         for (let k = 2; k <= 16; k++)
           for (let s = 1; s <= 8; s++)
             for (let l = 1; l <= 16; l++) expected += BigInt(64 * o * k * l);
       console.log(rows, macs === expected, count({ in_channels: 1, out_channels: 1, kernel_size: 3, l_in: 2 }).ops);`,
    );
    expect(run(process.execPath, ["use.js"])).toBe("122880 true 18n\n");
  });

  it("includes its types", () => {
    writeFileSync(
      join(folder, "use.ts"),
      `import { count, type LayerInput, sweepToFile } from "upsweep";
       const layer: LayerInput = { in_channels: 1, out_channels: 1, kernel_size: 3, l_in: 2 };
       const ops: bigint = count(layer, { columns: ["ops"] }).ops;
       // @ts-expect-error only what was asked for is there
       count(layer, { columns: ["ops"] }).macs;
       // @ts-expect-error kernel_size is missing
       count({ in_channels: 1, out_channels: 1, l_in: 2 });
       const axes = { in_channels: 1, out_channels: 1, kernel_size: 3, l_in: "1..4" } as const;
       export const summary = sweepToFile({ axes }, "out.csv");
       export { ops };`,
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const flags = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--types",
      "",
      "use.ts",
    ];
    expect(run(process.execPath, [tsc, ...flags])).toBe("");
  });

  it("contains every file that its README links to", () => {
    const links = [...read("README.md").matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
      .map(([, target]) => target as string)
      .filter((target) => !target.includes(":"));
    expect(links.length).toBeGreaterThan(10);
    const installed = join(folder, "node_modules/upsweep");
    expect(links.filter((target) => !existsSync(join(installed, target)))).toEqual([]);
  });

  it("contains the files of its manifest, and no test or source", () => {
    const files = run(
      "find",
      words`
        node_modules/upsweep -type f -not -path */upsweep/node_modules/*
      `,
    )
      .trim()
      .split("\n");
    const names = files.map((file) => file.replace("node_modules/upsweep/", ""));
    expect(names).toEqual(
      expect.arrayContaining([
        "dist/bin/cli.cjs",
        "dist/bin/worker.cjs",
        "dist/index.d.ts",
        "build/upsweep.release.wasm",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "THIRD-PARTY.md",
        "examples/small.yaml",
        "upsweep.schema.json",
      ]),
    );
    expect(
      names.filter((name) => /^(src|test|bench|assembly)\//.test(name) || name.endsWith(".map")),
    ).toEqual(["bench/RESULTS.md"]);
    const manifest = JSON.parse(
      readFileSync(join(folder, "node_modules/upsweep/package.json"), "utf8"),
    ) as { bin: Record<string, string> };
    expect(manifest.bin).toEqual({ upsweep: "dist/bin/cli.cjs" });
  });
});
