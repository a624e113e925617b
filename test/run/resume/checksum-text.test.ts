import { expect, it } from "vitest";
import { sumOf } from "../../../src/checksum.ts";
import { lanesFrom, textOfSum } from "../../../src/run/resume/checksum-text.ts";

it("reads checksums back from a manifest, and refuses other texts", () => {
  const sum = sumOf(Buffer.from("1,2,3\n4,5,6\n"));
  expect(lanesFrom(textOfSum(sum))).toEqual(sum.lanes);
  for (const text of ["", "x", textOfSum(sum).slice(4), `${textOfSum(sum)} `])
    expect(lanesFrom(text)).toBeUndefined();
});
