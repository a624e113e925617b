/** Kernels built here with one defect each, and how sweeps detect the defect. */
import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { wasmKernel } from "../../src/kernel/wasm.ts";
import { sweep } from "../../src/library/sweep.ts";
import type { Method } from "../../src/plan/method.ts";
import { brokenKernel } from "../support/broken-kernel.ts";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { planOf, sweepOn } from "../support/sweeps.ts";
import { printed, words } from "../support/text.ts";
import { slowIt } from "../support/tier.ts";

inTemporaryFolder();

let broken: WebAssembly.Module | undefined;
vi.mock("../../src/kernel/artefact.ts", async (original) => {
  const real = await original<typeof import("../../src/kernel/artefact.ts")>();
  return {
    ...real,
    kernelModule: (build?: "release" | "debug") => broken ?? real.kernelModule(build),
  };
});
afterEach(() => {
  broken = undefined;
});

const CLOSED = "  return lIn * kernelSize - lower - upper";
const spec = {
  axes: { in_channels: 1, out_channels: 1, l_in: "8..2000", kernel_size: "3..12", padding: 1 },
  columns: ["macs"],
} as const;

describe("a defect in the closed form", () => {
  it("stops a sweep at its first layer, and names it, when all layers are affected", async () => {
    broken = await brokenKernel(
      "layers/closed.ts",
      CLOSED,
      "  return 1 + lIn * kernelSize - lower - upper",
    );
    const flags = words`
      sweep --in-channels 1 --out-channels 1 --l-in 8..90 --kernel-size 3 --padding 1
      --columns macs
    `;
    const message = printed`
      upsweep: closed form and simulation differ on ConvTranspose1d(1, 1, kernel_size=3, stride=1,
      padding=1, output_padding=0, dilation=1, groups=1, bias=True) on an input of (1, 1, 8). This
      is a bug in upsweep: please report it with this line.
    `;
    for (const check of [[], ["--check", "spot"], ["--check", "all"]]) {
      expect(await said([...flags, ...check, "-o", "out.csv", "--force"])).toEqual({
        exitCode: 1,
        stderr: message,
        stdout: "",
      });
    }
    expect(await said([...flags, "--check", "none", "-o", "out.csv", "--quiet"])).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect(
      await said([...flags, "--method", "simulate", "-o", "out.csv", "--quiet", "--force"]),
    ).toMatchObject({ exitCode: 0, stderr: "" });
  });

  slowIt(
    "is found by spot checks within some thousands of layers, when one in seven is affected",
    async () => {
      const kernel = wasmKernel(
        await brokenKernel(
          "layers/closed.ts",
          CLOSED,
          "  return i64(lIn % 7 == 3) + lIn * kernelSize - lower - upper",
        ),
      );
      const plan = planOf(spec);
      const faultWith = (method: Method) => sweepOn(kernel, plan, { method }).fault;
      expect(faultWith("closed")).toBeUndefined();
      expect(faultWith("verify")).toEqual({ kind: "disagree", index: 20n });
      const met = faultWith("spot_check") as { kind: string; index: bigint };
      expect(met.kind).toBe("disagree");
      expect(met.index % 70n >= 20n && met.index % 70n < 30n).toBe(true);
      expect(met.index).toBeGreaterThan(20n);
      expect(met.index).toBeLessThan(19_930n);
    },
  );

  slowIt("stops a list in the same way, when one layer in seven is affected", async () => {
    broken = await brokenKernel(
      "layers/closed.ts",
      CLOSED,
      "  return i64(lIn % 7 == 3) + lIn * kernelSize - lower - upper",
    );
    const rows = Array.from({ length: 14_000 }, (_, i) => `1,1,3,${8 + i},1`);
    writeFileSync(
      "list.csv",
      `in_channels,out_channels,kernel_size,l_in,padding\n${rows.join("\n")}\n`,
    );
    const command = words`count --from list.csv -o out.csv --quiet --columns macs --force`;
    expect(await said([...command, "--check", "all"])).toEqual({
      exitCode: 1,
      stderr: printed`
        upsweep: closed form and simulation differ on ConvTranspose1d(1, 1, kernel_size=3,
        stride=1, padding=1, output_padding=0, dilation=1, groups=1, bias=True) on an input of (1,
        1, 10). This is a bug in upsweep: please report it with this line.
      `,
      stdout: "",
    });
    const { exitCode, stderr } = await said(command);
    expect(exitCode).toBe(1);
    const length = Number(/input of \(1, 1, ([0-9]+)\)/.exec(stderr)?.[1]);
    expect(length % 7).toBe(3);
    expect(length).toBeGreaterThan(10);
    expect(await said([...command, "--check", "none"])).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: "",
    });
    expect(await said(["compare", "--from", "list.csv", "--quiet"])).toMatchObject({
      exitCode: 1,
      stderr,
    });
  });

  slowIt("is found in several dimensions", async () => {
    const kernel = wasmKernel(
      await brokenKernel(
        "layers/closed.ts",
        CLOSED,
        "  return i64(kernelSize == 5) + lIn * kernelSize - lower - upper",
      ),
    );
    const axes = {
      in_channels: 1,
      out_channels: 1,
      h_in: "8..90",
      w_in: 9,
      "kernel_size.h": 3,
      "kernel_size.w": 5,
      padding: 1,
    };
    const plan = planOf({ layer: "conv_transpose2d", axes, columns: ["macs"] } as never);
    expect(sweepOn(kernel, plan, { method: "spot_check" }).fault).toMatchObject({
      kind: "disagree",
    });
  });
});

describe("a defect in the closed form that the spot check of an outer loop finds", () => {
  slowIt("stops the sweep although the rows of the block are reused", async () => {
    const kernel = wasmKernel(
      await brokenKernel(
        "layers/closed.ts",
        CLOSED,
        "  return i64(lIn > 8) + lIn * kernelSize - lower - upper",
      ),
    );
    const channels = { in_channels: "1..30", out_channels: "1..20" };
    const axes = { l_in: "8..9000", ...channels, kernel_size: 3, padding: 1 };
    const plan = planOf({ axes, columns: ["macs"] });
    const met = sweepOn(kernel, plan, { method: "spot_check" }).fault;
    expect(met).toMatchObject({ kind: "disagree" });
    // One spot check in at most 1535 overlaps; an overlap is computed for each of 600 rows.
    expect(met?.index).toBeGreaterThanOrEqual(600n);
    expect(met?.index).toBeLessThan(600n * 1600n);
    expect((met?.index as bigint) % 600n).toBe(0n);
  });
});

it("a sweep stops when its rejection counts do not add up", async () => {
  broken = await brokenKernel(
    "sweep/piece.ts",
    "reject(reason, layers);",
    "reject(reason, layers - 1);",
  );
  const swept = sweep({
    axes: { in_channels: [3, 4], groups: [1, 2], out_channels: 4, l_in: 8, kernel_size: 3 },
  });
  await expect(swept.next()).rejects.toThrow(
    "4 raw indices do not equal 3 rows plus rejected layers and empty positions. This is a bug in upsweep",
  );
});
