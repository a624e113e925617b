/** Texts as UTF-8. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { utf8Length, utf8Texts } from "../src/bytes.ts";

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.string({ unit: "grapheme", maxLength: 6 }),
    // Surrogates without their pairs, and pairs that two texts share.
    fc.constantFrom("", "a", "é", "€", "😀", "\ud83d", "\ude00", "\ude00\ud83d"),
  ),
);

describe("texts as UTF-8", () => {
  test.prop([texts])("are the bytes of each text, encoded alone", (all) => {
    const alone = all.map((text) => Buffer.from(text, "utf8"));
    const { bytes, lengths } = utf8Texts(all);
    expect(Buffer.from(bytes).equals(Buffer.concat(alone))).toBe(true);
    expect([...lengths]).toEqual(alone.map(({ length }) => length));
    expect(all.map(utf8Length)).toEqual([...lengths]);
  });
});
