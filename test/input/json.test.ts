import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { splitRecord } from "../../src/plan/list.ts";
import { readList } from "../support/read-list.ts";

describe("a JSON list", () => {
  const json = (text: string, options = {}) => readList(Buffer.from(text), options);

  it("keeps the digits of numbers, and converts other values to fields", async () => {
    const { csv } = await json(
      `{${[
        '"a":9007199254740993,"b":1.50,"c":-1e+3,"d":null,"e":true,"f":false',
        '"g":[3, 5],"h":[],"i":["x",true],"j":"1,\\u00e9\\n\\"","k":""',
      ]}}`,
    );
    expect(csv).toBe(
      'a,b,c,d,e,f,g,h,i,j,k\n9007199254740993,1.50,-1e+3,,true,false,"(3, 5)",(),"(x, true)","1,é\n""",\n',
    );
  });

  it("has the keys of all objects as columns, and from a pipe those of the first", async () => {
    const text = '{"b": 1}\n{"a": 2, "b": 3}\n{"c": 4}\n';
    expect((await json(text)).csv).toBe("b,a,c\n1,,\n3,2,\n,,4\n");
    await expect(json(text, { isFile: false })).rejects.toMatchObject({ code: "newKey" });
    expect((await json('{"b": 1, "a": null}\n{"a": 2}\n', { isFile: false })).csv).toBe(
      "b,a\n1,\n,2\n",
    );
  });

  it("records the line of each object, with line breaks around and inside objects", async () => {
    const { csv, lines } = await json('\n{"a":\n1}\n\n{"a": "x\\ny"}\n{"a":3} {"a":4}\n{"a":5}');
    expect(csv).toBe('a\n1\n"x\ny"\n3\n4\n5\n');
    expect(lines.slice(0, -1)).toEqual([2, 2, 5, 6, 6, 6, 7]);
  });

  const value = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.string({
      unit: fc.constantFrom("\\", '"', "\n", "\u0001", " ", "{", "}", "[", "]", ",", ":"),
      maxLength: 6,
    }),
  );
  const objects = fc.array(
    fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "c"), fc.string({ minLength: 1 })), value, {
      minKeys: 1,
      maxKeys: 5,
      noNullPrototype: true,
    }),
    { minLength: 1, maxLength: 8 },
  );
  test.prop(
    [objects, fc.constantFrom("lines", "array", "indented"), fc.integer({ min: 1, max: 40 })],
    { numRuns: 1_500 },
  )("has the values of JSON.parse, in pieces of any size", async (given, form, pieceBytes) => {
    const texts = given.map((object) => JSON.stringify(object, null, form === "indented" ? 2 : 0));
    const { csv } = await json(
      form === "array" ? `[${texts.join(",\n")}]` : `${texts.join("\n")}\n`,
      { pieceBytes },
    );
    const records = [...csv.matchAll(/((?:"(?:[^"]|"")*"|[^"\n])*)\n/g)].map(
      ([, record]) => splitRecord(record as string) as string[],
    );
    const columns = records[0] as string[];
    expect(records).toHaveLength(given.length + 1);
    for (const [i, object] of given.entries()) {
      const entries = new Map(Object.entries(object));
      for (const [column, key] of columns.entries()) {
        const cell = (records[i + 1] as string[])[column] as string;
        const expected = entries.get(key);
        if (expected === undefined || expected === null) expect(cell).toBe("");
        else if (typeof expected === "number")
          expect(Object.is(Number(cell), expected === 0 ? 0 : expected)).toBe(true);
        else expect(cell).toBe(String(expected));
      }
    }
    expect(new Set(columns)).toEqual(new Set(given.flatMap((object) => Object.keys(object))));
  });
});
