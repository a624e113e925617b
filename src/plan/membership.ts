/**
 * Decides whether a grid has a layer: builds a condition over the keys of the layer (see
 * distinct.ts).
 */
import { dependenciesOfColumn } from "../columns/derived.js";
import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { EvaluationError, progressionsOf } from "../expression/evaluate.js";
import { type Expression, type Item, type Node, namesIn } from "../expression/node.js";
import {
  allOf,
  anyOf,
  binary,
  compare,
  mapOperands,
  NO_SPAN,
  nameNode,
  numberNode,
  replaceNames,
  replaceNamesInItem,
} from "../expression/rewrite.js";
import type { Kind } from "../layers/kinds.js";
import { DEFAULT_BITS, SETTINGS } from "../layers/parameters.js";
import { expressionsOf } from "../spec/axes.js";
import { type Progression, valueAt } from "../spec/values.js";
import { coverageOf, rateDenominatorOf } from "./coverage.js";
import { withExactDivisions } from "./exact-divisions.js";
import type { DependentAxis, PlannedGrid } from "./model.js";
import { textOf } from "./schedule.js";

/** Maximum number of combinations of variable values that are tried for a pair of grids. */
const MAX_COMBINATIONS = 1000;

/** A grid and its name in messages. */
export interface LabelledGrid {
  readonly grid: PlannedGrid;
  readonly label: string;
}

/** The axes and conditions of a grid, in the order of its loop nest. */
type Element =
  | {
      readonly kind: "plain";
      readonly names: readonly string[];
      readonly progressions: readonly (readonly Progression[])[];
    }
  | { readonly kind: "dependent"; readonly axis: DependentAxis }
  | { readonly kind: "derived"; readonly name: string; readonly expression: Expression }
  | { readonly kind: "where"; readonly condition: Expression };

/** Thrown if the grid has no such layer. */
class NoLayer extends Error {}

/** The membership of layers of one grid, `tested`, in another grid, `candidate`, or in itself. */
export class Membership {
  readonly #kind: Kind;
  readonly #keys: ReadonlySet<string>;
  readonly #location: string;
  readonly #candidate: LabelledGrid;
  readonly #tested: LabelledGrid;
  readonly #isSelf: boolean;
  /** For each variable that a parameter repeats, that parameter. */
  readonly #keyOfAlias = new Map<string, string>();
  /** The names that an expression of the grid depends on. */
  readonly #used: ReadonlySet<string>;
  /**
   * Converts numerators of sample rates: one of the candidate grid, times `numerator` /
   * `denominator`, has the denominator of the tested grid.
   */
  readonly #rates: { readonly numerator: number; readonly denominator: number };
  #combinations = 0;

  /** @param tested the grid whose layers are tested for membership in `candidate`. */
  constructor(
    kind: Kind,
    keys: ReadonlySet<string>,
    location: string,
    candidate: LabelledGrid,
    tested: LabelledGrid,
  ) {
    this.#kind = kind;
    this.#keys = keys;
    this.#location = location;
    this.#candidate = candidate;
    this.#tested = tested;
    this.#isSelf = candidate === tested;
    this.#rates = ratio(rateDenominatorOf(tested.grid), rateDenominatorOf(candidate.grid));
    const { derived, dependents, where } = candidate.grid;
    for (const { name, expression } of derived) {
      const { root } = expression;
      if (
        keys.has(name) &&
        root.kind === "name" &&
        !keys.has(root.name) &&
        !this.#keyOfAlias.has(root.name)
      )
        this.#keyOfAlias.set(root.name, name);
    }
    const expressions = [
      ...derived.map(({ expression }) => expression),
      ...where,
      ...dependents.flatMap(expressionsOf),
    ];
    this.#used = new Set(expressions.flatMap(({ root }) => namesIn(root).map(({ name }) => name)));
  }

  /**
   * The tests that a layer of the candidate grid must all pass. Undefined if it has no such layer.
   */
  parts(): Node[] | undefined {
    try {
      const elements = this.#elements();
      // Only variables that are not keys can cause repeats within a grid.
      if (this.#isSelf && !elements.some((element) => this.#isEnumerated(element)))
        return undefined;
      return this.#build(elements, 0, new Map(), []);
    } catch (error) {
      if (error instanceof NoLayer) return undefined;
      throw error;
    }
  }

  #elements(): Element[] {
    const { fixed, loops, steps, derived, dependents, where } = this.#candidate.grid;
    const elements: Element[] = fixed.map(({ name, value }) => ({
      kind: "plain",
      names: [name],
      progressions: this.#withRates([name], [[{ first: value, step: 1, count: 1 }]]),
    }));
    if (
      this.#keys.has("bits") &&
      ![...fixed, ...derived].some(({ name }) => name === "bits") &&
      !loops.some(({ names }) => names.includes("bits"))
    ) {
      elements.push({
        kind: "plain",
        names: ["bits"],
        progressions: [[{ first: DEFAULT_BITS, step: 1, count: 1 }]],
      });
    }
    for (let level = 0; level <= loops.length; level++) {
      const loop = loops[level - 1];
      if (loop?.progressions) {
        const progressions = this.#withRates(loop.names, loop.progressions);
        // A joint axis with a single row equals one axis for each of its names.
        const isOne = progressions.every(
          ([first, ...more]) => first?.count === 1 && more.length === 0,
        );
        if (isOne)
          elements.push(
            ...loop.names.map((name, i) => ({
              kind: "plain" as const,
              names: [name],
              progressions: [progressions[i] as readonly Progression[]],
            })),
          );
        else elements.push({ kind: "plain", names: loop.names, progressions });
      }
      if (loop?.dependent !== undefined)
        elements.push({ kind: "dependent", axis: dependents[loop.dependent] as DependentAxis });
      for (const step of steps) {
        if (step.level !== level) continue;
        if (step.kind === "derive")
          elements.push({
            kind: "derived",
            ...(derived[step.derived] as (typeof derived)[number]),
          });
        if (step.kind === "where")
          elements.push({ kind: "where", condition: where[step.where] as Expression });
      }
    }
    // Tests of keys alone come first: they are cheap, and always have a value.
    const isKeyTest = (element: Element) =>
      element.kind === "plain" && element.names.every((name) => this.#keyOf(name) !== undefined);
    return [...elements.filter(isKeyTest), ...elements.filter((element) => !isKeyTest(element))];
  }

  /** The key that a name is or is an alias of. */
  #keyOf(name: string): string | undefined {
    return this.#keys.has(name) ? name : this.#keyOfAlias.get(name);
  }

  /** Whether the values of an axis are tried one by one. */
  #isEnumerated(element: Element): boolean {
    if (element.kind !== "plain" && element.kind !== "dependent") return false;
    const names = element.kind === "plain" ? element.names : element.axis.names;
    const unkeyed = names.filter((name) => this.#keyOf(name) === undefined);
    if (unkeyed.length === 0) return false;
    if (
      element.kind === "plain" &&
      (element.progressions[0] as readonly Progression[]).reduce(
        (sum, { count }) => sum + count,
        0,
      ) === 1
    )
      return false;
    // A variable that no expression uses does not decide membership in another grid, so none of its
    // values need be tried. Within the grid itself, it distinguishes rows that are equal otherwise.
    return (
      this.#isSelf ||
      unkeyed.length < names.length ||
      unkeyed.some((name) => this.#used.has(name)) ||
      element.kind === "dependent"
    );
  }

  /**
   * Builds the tests of the elements from index `from` on. An empty result means that all layers
   * pass.
   *
   * @param values the known values of the names that are not keys.
   * @param tried the names whose values were tried, with these values, in order.
   * @throws NoLayer if no layer passes.
   */
  #build(
    elements: readonly Element[],
    from: number,
    values: ReadonlyMap<string, Node>,
    tried: readonly (readonly [string, Node])[],
  ): Node[] {
    const parts: Node[] = [];
    const known = new Map(values);
    for (let at = from; at < elements.length; at++) {
      const element = elements[at] as Element;
      if (this.#isEnumerated(element)) {
        const branches: Node[] = [];
        for (const { tests, given } of this.#rowsToTry(
          element as Element & { kind: "plain" | "dependent" },
          known,
        )) {
          if (++this.#combinations > MAX_COMBINATIONS)
            throw this.#undecidable(
              namesOf(element),
              `more than ${MAX_COMBINATIONS} values of variables must be tried`,
            );
          try {
            const branch = [
              ...tests,
              ...this.#build(elements, at + 1, new Map([...known, ...given]), [...tried, ...given]),
            ];
            // With this value, every layer that passes `parts` is in the grid. The other values do
            // not matter.
            if (branch.length === 0) return parts;
            branches.push(allOf(branch));
          } catch (error) {
            if (!(error instanceof NoLayer)) throw error;
          }
        }
        if (branches.length === 0) throw new NoLayer();
        parts.push(anyOf(branches));
        return parts;
      }
      parts.push(...this.#testsOf(element, known));
    }
    if (this.#isSelf) parts.push(comesBefore(tried));
    return parts;
  }

  /**
   * The tests of an element whose values are not tried. The values of names that are not keys are
   * added to `known`.
   */
  #testsOf(element: Element, known: Map<string, Node>): Node[] {
    switch (element.kind) {
      case "plain":
        return this.#plainTests(element, known);
      case "derived": {
        const { name, expression } = element;
        const key = this.#keyOf(name);
        if (key !== undefined && this.#isDefinition(name, expression)) return [];
        const { guards, node } = this.#exactInKeys(expression.root, known, [name]);
        if (key === undefined) {
          known.set(name, node);
          return guards;
        }
        return [...guards, compare(nameNode(key), "==", node)];
      }
      case "dependent": {
        const { axis } = element;
        const rows =
          axis.kind === "list"
            ? axis.items.map(({ root }) => [root])
            : axis.rows.map((row) =>
                row.map(({ root }): Item => ({ kind: "value", value: root, ...NO_SPAN })),
              );
        return [
          anyOf(
            rows.map((row) =>
              allOf(
                row.flatMap((item, i) =>
                  this.#itemTests(axis.names[i] as string, item, known, axis.names),
                ),
              ),
            ),
          ),
        ];
      }
      case "where":
        return this.#conditionTests(element.condition, known);
    }
  }

  /** Whether a derived axis only defines the alias of a parameter. */
  #isDefinition(name: string, { root }: Expression): boolean {
    return root.kind === "name" && this.#keyOfAlias.get(root.name) === name;
  }

  #plainTests(
    { names, progressions }: Element & { kind: "plain" },
    known: Map<string, Node>,
  ): Node[] {
    const keys = names.map((name) => this.#keyOf(name));
    if (keys.every((key) => key === undefined)) {
      for (const [i, name] of names.entries())
        known.set(name, numberNode(BigInt(valueAt(progressions[i] as readonly Progression[], 0))));
      return [];
    }
    const valueSets = keys.map((key) => this.#tested.grid.valueSets.get(key as string));
    if (names.length === 1) {
      const [only] = progressions as [readonly Progression[]];
      const coverage = coverageOf(only, valueSets[0]);
      if (coverage === "none") throw new NoLayer();
      return coverage === "all"
        ? []
        : [
            {
              kind: "in",
              of: nameNode(keys[0] as string),
              items: only.map(itemOfProgression),
              isNegated: false,
              ...NO_SPAN,
            },
          ];
    }
    const count = (progressions[0] as readonly Progression[]).reduce(
      (sum, progression) => sum + progression.count,
      0,
    );
    const rows = Array.from({ length: count }, (_, row) =>
      progressions.map((each) => valueAt(each, row)),
    );
    const possibleRows = rows.filter((row) =>
      row.every(
        (value, i) => coverageOf([{ first: value, step: 1, count: 1 }], valueSets[i]) !== "none",
      ),
    );
    if (possibleRows.length === 0) throw new NoLayer();
    return [
      anyOf(
        possibleRows.map((row) =>
          allOf(
            row.map((value, i) =>
              compare(nameNode(keys[i] as string), "==", numberNode(BigInt(value))),
            ),
          ),
        ),
      ),
    ];
  }

  /**
   * Converts the sample rates of an axis to the denominator of the tested grid. Rows with a rate
   * that the tested grid cannot have are dropped.
   */
  #withRates(
    names: readonly string[],
    progressions: readonly (readonly Progression[])[],
  ): readonly (readonly Progression[])[] {
    const { numerator, denominator } = this.#rates;
    if (
      !this.#keys.has("sample_rate") ||
      !names.includes("sample_rate") ||
      (numerator === 1 && denominator === 1)
    )
      return progressions;
    const rates = progressions[names.indexOf("sample_rate")] as readonly Progression[];
    const scaled = (progression: Progression): Progression => ({
      first: progression.first * numerator,
      step: progression.step * numerator,
      count: progression.count,
    });
    if (denominator === 1 && names.length === 1) return [rates.map(scaled)];
    const count = rates.reduce((sum, progression) => sum + progression.count, 0);
    if (count > MAX_COMBINATIONS)
      throw this.#undecidable(
        names,
        "its sample rates and those of this grid have different denominators",
      );
    const exactRows = Array.from({ length: count }, (_, row) => row).filter(
      (row) => (valueAt(rates, row) * numerator) % denominator === 0,
    );
    if (exactRows.length === 0) throw new NoLayer();
    return names.map((name, i) =>
      exactRows.map((row) => {
        const value = valueAt(progressions[i] as readonly Progression[], row);
        return {
          first: name === "sample_rate" ? (value * numerator) / denominator : value,
          step: 1,
          count: 1,
        };
      }),
    );
  }

  /** Tests that a key is among the values of an item. */
  #itemTests(
    name: string,
    item: Item,
    known: ReadonlyMap<string, Node>,
    axis: readonly string[],
  ): Node[] {
    const key = nameNode(this.#keyOf(name) as string);
    const operands: { readonly guards: Node[]; readonly node: Node }[] = [];
    const exact = mapOperands(item, (operand) => {
      const found = this.#exactInKeys(operand, known, axis);
      operands.push(found);
      return found.node;
    });
    const guards = operands.flatMap((operand) => operand.guards);
    return [
      ...guards,
      exact.kind === "value"
        ? compare(key, "==", exact.value)
        : { kind: "in", of: key, items: [exact], isNegated: false, ...NO_SPAN },
    ];
  }

  /**
   * The tests of a condition of the candidate grid. None is needed if every row of the tested grid
   * satisfies the same condition over the same values.
   */
  #conditionTests(condition: Expression, known: ReadonlyMap<string, Node>): Node[] {
    const names = namesIn(condition.root).map(({ name }) => name);
    const isKnown = (name: string) =>
      this.#keys.has(name) || (isResultName(name) && this.#isSettingShared(name));
    const alreadyHolds =
      this.#isSelf || this.#tested.grid.where.some((other) => textOf(other) === textOf(condition));
    if (alreadyHolds && names.every(isKnown)) return [];
    if (names.some((name) => isResultName(name) && !this.#isSettingShared(name))) {
      throw this.#undecidable(
        [],
        `its condition '${textOf(condition)}' depends on a setting that the two grids do not share`,
      );
    }
    return [this.#inKeys(condition.root, known, [])];
  }

  /**
   * Whether a result has the same value in both grids: each setting that it depends on is a key, or
   * has the same constant value in both.
   */
  #isSettingShared(name: string): boolean {
    if (!isResultName(name)) return true;
    const settings = dependenciesOfColumn(this.#kind, name).filter(
      (base) => SETTINGS.some((setting) => setting.name === base) && !this.#keys.has(base),
    );
    const constant = (grid: PlannedGrid, base: string) => {
      const { fixed, loops, derived } = grid;
      const given = fixed.find((each) => each.name === base)?.value;
      const found =
        base === "sample_rate" && given !== undefined ? given / rateDenominatorOf(grid) : given;
      const varies =
        loops.some(({ names }) => names.includes(base)) ||
        derived.some((each) => each.name === base);
      return varies ? undefined : (found ?? (base === "bits" ? DEFAULT_BITS : undefined));
    };
    return settings.every((base) => {
      const value = constant(this.#candidate.grid, base);
      return value !== undefined && value === constant(this.#tested.grid, base);
    });
  }

  /** Rewrites a node over keys, results and numbers only. */
  #inKeys(node: Node, known: ReadonlyMap<string, Node>, axis: readonly string[]): Node {
    return replaceNames(node, (name) => {
      const key = this.#keyOf(name);
      if (key === "sample_rate") return this.#rateNode();
      if (key !== undefined) return nameNode(key);
      const value = known.get(name);
      if (value) return value;
      if (isResultName(name)) return nameNode(name);
      throw this.#undecidable(axis, `it depends on ${name}, which does not follow from the layer`);
    });
  }

  /** Rewrites a node over keys, with integer divisions. Its value is exact if all guards hold. */
  #exactInKeys(
    node: Node,
    known: ReadonlyMap<string, Node>,
    axis: readonly string[],
  ): { readonly guards: Node[]; readonly node: Node } {
    return withExactDivisions(this.#inKeys(node, known, axis), () =>
      this.#undecidable(axis, "it uses / inside a condition"),
    );
  }

  /** The sample rate of the tested layer, as a numerator over the candidate grid's denominator. */
  #rateNode(): Node {
    const { numerator, denominator } = this.#rates;
    const times: Node =
      denominator === 1
        ? nameNode("sample_rate")
        : binary("*", nameNode("sample_rate"), denominator);
    return numerator === 1 ? times : binary("/", times, numerator);
  }

  /**
   * The rows of an axis to try: values of variables, with tests of the keys that change together
   * with them.
   */
  *#rowsToTry(
    element: Element & { kind: "plain" | "dependent" },
    known: ReadonlyMap<string, Node>,
  ): Generator<{ tests: Node[]; given: (readonly [string, Node])[] }> {
    const names = namesOf(element);
    if (element.kind === "plain") {
      const count = (element.progressions[0] as readonly Progression[]).reduce(
        (sum, progression) => sum + progression.count,
        0,
      );
      for (let row = 0; row < count; row++)
        yield this.#rowToTry(
          names,
          element.progressions.map((each) => numberNode(BigInt(valueAt(each, row)))),
          [],
        );
      return;
    }
    const { axis } = element;
    if (axis.kind === "joint") {
      for (const row of axis.rows) {
        const exact = row.map(({ root }) => this.#exactInKeys(root, known, names));
        yield this.#rowToTry(
          names,
          exact.map(({ node }) => node),
          exact.flatMap(({ guards }) => guards),
        );
      }
      return;
    }
    const seen = new Set<bigint>();
    for (const { root } of axis.items) {
      const item = replaceNamesInItem(root, (name) => this.#inKeys(nameNode(name), known, names));
      if (namesIn(item).length > 0)
        throw this.#undecidable(names, "its values depend on parameters");
      for (const value of this.#valuesOf(item, names)) {
        if (seen.has(value)) continue;
        seen.add(value);
        yield this.#rowToTry(names, [numberNode(value)], []);
      }
    }
  }

  #rowToTry(
    names: readonly string[],
    values: readonly Node[],
    guards: readonly Node[],
  ): { tests: Node[]; given: (readonly [string, Node])[] } {
    const tests = [...guards];
    const given: (readonly [string, Node])[] = [];
    for (const [i, name] of names.entries()) {
      const [key, value] = [this.#keyOf(name), values[i] as Node];
      if (key === undefined) given.push([name, value]);
      else tests.push(compare(nameNode(key), "==", value));
    }
    return { tests, given };
  }

  #valuesOf(item: Item, names: readonly string[]): bigint[] {
    try {
      const progressions = progressionsOf(item, () => 0n);
      const count = progressions.reduce((sum, progression) => sum + progression.count, 0n);
      if (count > BigInt(MAX_COMBINATIONS))
        throw this.#undecidable(
          names,
          `more than ${MAX_COMBINATIONS} values of variables must be tried`,
        );
      return progressions.flatMap(({ first, step, count: length }) =>
        Array.from({ length: Number(length) }, (_, i) => first + BigInt(i) * step),
      );
    } catch (error) {
      // An inexact value gives no layer. Any other evaluation error stops the sweep of that grid.
      if (error instanceof EvaluationError) return [];
      throw error;
    }
  }

  #undecidable(axis: readonly string[], reason: string): Error {
    return errors.undecidable(
      this.#location,
      this.#isSelf,
      this.#candidate.label,
      axis.join(", "),
      reason,
    );
  }
}

function namesOf(element: Element): readonly string[] {
  return element.kind === "plain"
    ? element.names
    : element.kind === "dependent"
      ? element.axis.names
      : [];
}

function itemOfProgression({ first, step, count }: Progression): Item {
  const [min, max] = [numberNode(BigInt(first)), numberNode(BigInt(first + (count - 1) * step))];
  if (count === 1) return { kind: "value", value: min, ...NO_SPAN };
  return {
    kind: "range",
    first: min,
    last: max,
    ...(step > 1 && { step: numberNode(BigInt(step)) }),
    ...NO_SPAN,
  };
}

/** Tests that the tried values precede those of the layer itself, in lexicographic order. */
function comesBefore(tried: readonly (readonly [string, Node])[]): Node {
  return anyOf(
    tried.map(([name, value], i) =>
      allOf([
        ...tried.slice(0, i).map(([before, same]) => compare(same, "==", nameNode(before))),
        compare(value, "<", nameNode(name)),
      ]),
    ),
  );
}

/** A fraction in lowest terms. */
function ratio(
  numerator: number,
  denominator: number,
): { readonly numerator: number; readonly denominator: number } {
  let [a, b] = [numerator, denominator];
  while (b !== 0) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}
