/** Names in the published formulas: found by a pattern, they must be those of the parser. */
import { describe, expect, it } from "vitest";
import { AUXILIARIES } from "../../src/columns/auxiliary.ts";
import { COLUMNS, type Column } from "../../src/columns/table.ts";
import { namesIn } from "../../src/expression/node.ts";
import { namesOfFormula, parsed, replaceNames } from "../../src/layers/evaluated.ts";
import { RULES } from "../../src/layers/rule-table.ts";

const formulas = [...AUXILIARIES, ...COLUMNS]
  .flatMap((of) => {
    const { formula, inMacs, needs = [] } = of as Partial<Column>;
    return [formula, inMacs, ...needs];
  })
  .flatMap((formula) => (typeof formula === "object" ? Object.values(formula) : (formula ?? [])));
const rules = RULES.filter(({ id }) => id !== "RANGE").map(({ text }) => text);

describe("a formula", () => {
  it.each([...new Set([...formulas, ...rules])])(
    "has the names that the parser finds: %s",
    (text) => {
      const names = new Set(namesIn(parsed(text)).map(({ name }) => name));
      // The parser has no names for the words between conditions.
      const found = namesOfFormula(text).filter((name) => !["and", "or", "not"].includes(name));
      expect(new Set(found)).toEqual(names);
    },
  );

  it("keeps its functions when its names are replaced", () => {
    expect(replaceNames("ceil_div(stride, gcd(a, b2))", (name) => `<${name}>`)).toBe(
      "ceil_div(<stride>, gcd(<a>, <b2>))",
    );
  });
});
