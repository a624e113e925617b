import { isSpotChecked, startSpotChecks } from "../../../assembly/layers/spot-check";

/** How many layers pass until one is drawn, that one included. */
function untilDrawn(lIn: u64, kernelSize: u64): i32 {
  for (let layers = 1; layers < 1_000_000; layers++) if (isSpotChecked(true, lIn + kernelSize - 1, lIn, kernelSize, 1)) return layers;
  return -1;
}

describe("the sample of a sweep", () => {
  it("has its first layer, and then one after 512 to 1535 others", () => {
    startSpotChecks();
    expect<i32>(untilDrawn(8, 3)).toBe(1);
    let fewest = 2000, longest = 0, sum = 0;
    for (let i = 0; i < 1000; i++) {
      const layers = untilDrawn(8, 3);
      fewest = min(fewest, layers);
      longest = max(longest, layers);
      sum += layers;
    }
    expect<i32>(fewest).toBeGreaterThanOrEqual(512);
    expect<i32>(longest).toBeLessThanOrEqual(1535);
    // Spread out over all distances, 1024 in the middle.
    expect<i32>(fewest).toBeLessThan(560);
    expect<i32>(longest).toBeGreaterThan(1490);
    expect<bool>(abs(sum / 1000 - 1024) < 50).toBe(true);
  });

  it("has long layers less often: so that they take a hundredth of 50 ns a layer", () => {
    startSpotChecks();
    // 200 + 30·3 + (10,000·3 + 10,002) / 16 = 2790 ns, for which half a nanosecond a layer is saved.
    let layers = 0;
    for (let i = 0; i < 200; i++) layers += untilDrawn(10_000, 3);
    expect<i32>(layers).toBeGreaterThan(200 * 5580 - 2 * 100_000 - 2 * 500_000);
    expect<i32>(layers).toBeLessThan(200 * 5580 + 2000);
  });

  it("leaves out a layer that would take minutes", () => {
    startSpotChecks();
    expect<i32>(untilDrawn(2_000_000_000, 1000)).toBe(-1);
  });
});
