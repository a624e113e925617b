import { isSpotChecked, startSpotChecks } from "../../../assembly/layers/spot-check";

/** The number of layers until one is spot-checked, that one included. */
function untilChecked(lIn: u64, kernelSize: u64): i32 {
  for (let layers = 1; layers < 1_000_000; layers++)
    if (isSpotChecked(true, lIn + kernelSize - 1, lIn, kernelSize, 1)) return layers;
  return -1;
}

describe("the spot checks of a sweep", () => {
  it("check the first layer, then the next one after 512 to 1535 layers", () => {
    startSpotChecks();
    expect<i32>(untilChecked(8, 3)).toBe(1);
    let shortest = 2000,
      longest = 0,
      sum = 0;
    for (let i = 0; i < 1000; i++) {
      const layers = untilChecked(8, 3);
      shortest = min(shortest, layers);
      longest = max(longest, layers);
      sum += layers;
    }
    expect<i32>(shortest).toBeGreaterThanOrEqual(512);
    expect<i32>(longest).toBeLessThanOrEqual(1535);
    // The distances cover the whole interval, and their mean is about 1024.
    expect<i32>(shortest).toBeLessThan(560);
    expect<i32>(longest).toBeGreaterThan(1490);
    expect<bool>(abs(sum / 1000 - 1024) < 50).toBe(true);
  });

  it("check long layers less often, to take a hundredth of 50 ns per layer", () => {
    startSpotChecks();
    // A check takes 200 + 30·3 + (10,000·3 + 10,002) / 16 = 2790 ns. The budget grows by half a
    // nanosecond per layer, so 5580 layers pay for one check.
    let layers = 0;
    for (let i = 0; i < 200; i++) layers += untilChecked(10_000, 3);
    expect<i32>(layers).toBeGreaterThan(200 * 5580 - 2 * 100_000 - 2 * 500_000);
    expect<i32>(layers).toBeLessThan(200 * 5580 + 2000);
  });

  it("skip a layer whose check would take minutes", () => {
    startSpotChecks();
    expect<i32>(untilChecked(2_000_000_000, 1000)).toBe(-1);
  });
});
