import { describe, expect, it } from "vitest";
import { jsonOf } from "../../src/formats/json.ts";

describe("a cell as JSON", () => {
  it.each<[Parameters<typeof jsonOf>, string]>([
    [["u64", "18446744073709551615"], "18446744073709551615"],
    [["u64", "18446744073709551615", "string"], '"18446744073709551615"'],
    [["i64", "-1", "string"], '"-1"'],
    [["integer", "3"], "3"],
    [["integer", "3", "string"], '"3"'],
    [["decimal", "0.1", "string"], "0.1"],
    [["decimal", "1e-7"], "1e-7"],
    [["decimal", ""], "null"],
    [["u64", "", "string"], "null"],
    [["boolean", "true", "string"], "true"],
    [["boolean", "False"], "false"],
    [["boolean", "maybe"], '"maybe"'],
    [["text", 'a"b\\\n'], '"a\\"b\\\\\\n"'],
    [["integer", "(3, 3)"], '"(3, 3)"'],
    [["integer", "007"], '"007"'],
    [["decimal", "NaN"], '"NaN"'],
  ])("%j is %s", (given, json) => expect(jsonOf(...given)).toBe(json));
});
