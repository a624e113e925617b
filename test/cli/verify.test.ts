/** `upsweep verify`. */
import { describe, expect, it } from "vitest";
import { inTemporaryFolder, said } from "../support/cli.ts";
import { words } from "../support/text.ts";

inTemporaryFolder();

const FLAGS =
  "--in-channels 4,6 --out-channels 12 --l-in 1..64 --kernel-size 1..20 --stride 1..9 --padding 0..8 --groups 1,2,4";

describe("upsweep verify", () => {
  it("compares every layer, or a reproducible sample", async () => {
    const all = await said(
      `verify ${FLAGS} --stride 1..3`.replace("--stride 1..9 ", "").split(" "),
    );
    expect(all.stdout).toMatch(
      /^closed form and simulation agree on all [\d,]+ layers \([^)]+\)\n$/,
    );
    const draw = async (seed: number) =>
      (await said(words`verify ${FLAGS} --sample 2000 --seed ${seed}`)).stderr;
    expect(await draw(1)).toBe(await draw(1));
    expect(await draw(1)).not.toBe(await draw(2));
    expect(await draw(1)).toMatch(
      /^2,000 layers: [\d,]+ verified \(sampled from 622,080\), [\d,]+ rejected\n/,
    );
  });
});
