/**
 * Unions that write each layer once. A layer of a later grid that an earlier grid has too is left out by a condition, so that kernel, planner and
 * reference need nothing of their own: `not (in_channels in [64, 128] and stride in 1..4 and padding == (kernel_size - stride) // 2 and …)`.
 *
 * Two rows are the same layer when their keys agree: all parameters, and the settings that a chosen column depends on. A layer is in a grid when
 * some values of the grid's variables give its keys and the grid's conditions hold. A variable that a parameter repeats (`stride: rate`) is that
 * parameter; other variables are tried value by value. The same test, over smaller values of the variables, finds layers that one grid has twice.
 */
import { dependenciesOfColumn, isResultName } from "../columns/columns.js";
import { errors } from "../errors.js";
import { EvaluationError, progressionsOf } from "../expression/evaluate.js";
import { type Expression, type Item, type Node, namesIn } from "../expression/node.js";
import {
  all,
  any,
  binary,
  compare,
  contains,
  NOWHERE,
  nameNode,
  numberNode,
  placed,
  replaced,
  replacedItem,
  replacedOperands,
  sizeOf,
} from "../expression/rewrite.js";
import { DEFAULT_BITS, type Kind, RATE_DENOMINATOR, SETTINGS } from "../layers/parameters.js";
import { expressionsOf } from "../spec/axes.js";
import type { Grid } from "../spec/spec.js";
import { lastOf, type Progression, valueAt } from "../spec/values.js";
import type { ValueSet } from "./bounds.js";
import type { DependentAxis, GridPlan } from "./model.js";
import { repeatsOf } from "./repeats.js";
import { textOf } from "./schedule.js";

/** What is known of a grid before its conditions on other grids are. */
export type PlannedGrid = Omit<GridPlan, "rejectionReasons">;

/** Limits: the combinations of variables' values that are tried, and the operations in the conditions of a grid. */
const MAX_COMBINATIONS = 1000;
const MAX_OPERATIONS = 50_000;

/** What messages call a grid. */
export function gridLabel(number: number, name: string | undefined): string {
  return `grid ${number + 1}${name === undefined ? "" : ` (${name})`}`;
}

/** The names whose values make a layer, where these columns are written: two rows that agree in them agree in everything counted. */
export function keysOf(kind: Kind, columns: readonly string[]): ReadonlySet<string> {
  const needed = (setting: string) =>
    columns.some(
      (name) =>
        name === setting ||
        (isResultName(name) && dependenciesOfColumn(kind, name).includes(setting as never)),
    );
  return new Set([
    ...kind.parameterNames,
    ...SETTINGS.map(({ name }) => name as string).filter(needed),
  ]);
}

/** What the sample rates of a grid are divided by: their axis has numerators. */
function rateDenominatorOf({ fixed }: PlannedGrid): number {
  return fixed.find(({ name }) => name === RATE_DENOMINATOR)?.value ?? 1;
}

/** A grid that a layer may be in, and what it is called. */
interface Candidate {
  readonly grid: PlannedGrid;
  readonly label: string;
}

/**
 * The conditions that leave out what is there already: in each of the earlier grids, and in the grid itself.
 *
 * @throws UpsweepError naming the axis, where membership does not follow from the keys.
 */
export function distinctConditions(
  kind: Kind,
  keys: ReadonlySet<string>,
  { location }: Pick<Grid, "location">,
  own: Candidate,
  earlier: readonly Candidate[],
): readonly Expression[] {
  const conditions: Expression[] = [];
  let operations = 0;
  for (const candidate of [...earlier, own]) {
    if (!canOverlap(keys, own.grid, candidate.grid)) continue;
    const parts = new Membership(kind, keys, location, candidate, own).parts();
    if (parts === undefined) continue;
    operations += parts.reduce((sum, part) => sum + sizeOf(part), 0);
    if (operations > MAX_OPERATIONS)
      throw errors.distinctTooLarge(location, candidate.label, MAX_OPERATIONS);
    const text = repeatsOf(candidate.label);
    const root: Node =
      parts.length === 0
        ? { kind: "number", value: 0n, isCondition: true, ...NOWHERE }
        : { kind: "not", of: all(parts), ...NOWHERE };
    // A message about it shows this text: the expressions of other grids have their places elsewhere.
    conditions.push({ source: { text, location }, root: placed(root, text.length) });
  }
  return conditions;
}

/** Whether a layer is in a grid, as a condition over its keys; undefined where none is. For messages about unions. */
export function membershipOf(
  kind: Kind,
  keys: ReadonlySet<string>,
  location: string,
  candidate: Candidate,
  own: Candidate,
): Node | undefined {
  const parts = new Membership(kind, keys, location, candidate, own).parts();
  return (
    parts &&
    (parts.length === 0 ? { kind: "number", value: 1n, isCondition: true, ...NOWHERE } : all(parts))
  );
}

// ── Membership ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** What makes up a grid, in the order in which a sweep meets it. */
type Element =
  | {
      readonly kind: "plain";
      readonly names: readonly string[];
      readonly progressions: readonly (readonly Progression[])[];
    }
  | { readonly kind: "dependent"; readonly axis: DependentAxis }
  | { readonly kind: "derived"; readonly name: string; readonly expression: Expression }
  | { readonly kind: "where"; readonly condition: Expression };

/** Thrown where no layer is in the grid. */
class Never extends Error {}

class Membership {
  readonly #kind: Kind;
  readonly #keys: ReadonlySet<string>;
  readonly #location: string;
  readonly #candidate: Candidate;
  readonly #own: Candidate;
  readonly #isOwn: boolean;
  /** Variables that a parameter repeats, by the parameter. */
  readonly #aliases = new Map<string, string>();
  /** Names that some expression of the grid depends on. */
  readonly #used: ReadonlySet<string>;
  /** A sample rate of the grid, times `numerator` and divided by `denominator`, is what the layer at hand has for it. */
  readonly #rates: { readonly numerator: number; readonly denominator: number };
  #combinations = 0;

  /** @param own the grid whose layers are tested. */
  constructor(
    kind: Kind,
    keys: ReadonlySet<string>,
    location: string,
    candidate: Candidate,
    own: Candidate,
  ) {
    this.#kind = kind;
    this.#keys = keys;
    this.#location = location;
    this.#candidate = candidate;
    this.#own = own;
    this.#isOwn = candidate === own;
    this.#rates = ratio(rateDenominatorOf(own.grid), rateDenominatorOf(candidate.grid));
    const { derived, dependents, where } = candidate.grid;
    for (const { name, expression } of derived) {
      const { root } = expression;
      if (
        keys.has(name) &&
        root.kind === "name" &&
        !keys.has(root.name) &&
        !this.#aliases.has(root.name)
      )
        this.#aliases.set(root.name, name);
    }
    const expressions = [
      ...derived.map(({ expression }) => expression),
      ...where,
      ...dependents.flatMap(expressionsOf),
    ];
    this.#used = new Set(expressions.flatMap(({ root }) => namesIn(root).map(({ name }) => name)));
  }

  /** What must hold for a layer to be in the grid, one thing after the other; undefined where no layer is. */
  parts(): Node[] | undefined {
    try {
      const elements = this.#elements();
      // Duplicates within a grid come from variables that the layer does not show.
      if (this.#isOwn && !elements.some((element) => this.#isTried(element))) return undefined;
      return this.#build(elements, 0, new Map(), []);
    } catch (error) {
      if (error instanceof Never) return undefined;
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
        // A joint axis of which one row is left is as good as an axis for each of its names.
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
    // What a key must be whatever the rest is comes first: it is cheap, and nothing in it can fail.
    const isSimple = (element: Element) =>
      element.kind === "plain" && element.names.every((name) => this.#keyOf(name) !== undefined);
    return [...elements.filter(isSimple), ...elements.filter((element) => !isSimple(element))];
  }

  /** The key that a name is, if it is one. */
  #keyOf(name: string): string | undefined {
    return this.#keys.has(name) ? name : this.#aliases.get(name);
  }

  /** Whether the values of an axis are tried one by one. */
  #isTried(element: Element): boolean {
    if (element.kind !== "plain" && element.kind !== "dependent") return false;
    const names = element.kind === "plain" ? element.names : element.axis.names;
    const hidden = names.filter((name) => this.#keyOf(name) === undefined);
    if (hidden.length === 0) return false;
    if (
      element.kind === "plain" &&
      (element.progressions[0] as readonly Progression[]).reduce(
        (sum, { count }) => sum + count,
        0,
      ) === 1
    )
      return false;
    // What nothing depends on can have any of its values; only two layers that differ in nothing else need be told apart.
    return (
      this.#isOwn ||
      hidden.length < names.length ||
      hidden.some((name) => this.#used.has(name)) ||
      element.kind === "dependent"
    );
  }

  /**
   * The parts from one element on.
   *
   * @param values of the names that the layer does not show, as far as they are known.
   * @param chosen those of them that were tried, in order.
   */
  #build(
    elements: readonly Element[],
    from: number,
    values: ReadonlyMap<string, Node>,
    chosen: readonly (readonly [string, Node])[],
  ): Node[] {
    const parts: Node[] = [];
    const known = new Map(values);
    for (let at = from; at < elements.length; at++) {
      const element = elements[at] as Element;
      if (this.#isTried(element)) {
        const branches: Node[] = [];
        for (const { tests, given } of this.#choices(
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
              ...this.#build(elements, at + 1, new Map([...known, ...given]), [
                ...chosen,
                ...given,
              ]),
            ];
            // Nothing more to ask: with this value the layer is in the grid.
            if (branch.length === 0) return parts;
            branches.push(all(branch));
          } catch (error) {
            if (!(error instanceof Never)) throw error;
          }
        }
        if (branches.length === 0) throw new Never();
        parts.push(any(branches));
        return parts;
      }
      parts.push(...this.#testsOf(element, known));
    }
    if (this.#isOwn) parts.push(smaller(chosen));
    return parts;
  }

  /** The tests of an axis or condition whose values are not tried; values of names that the layer does not show are added to `known`. */
  #testsOf(element: Element, known: Map<string, Node>): Node[] {
    switch (element.kind) {
      case "plain":
        return this.#plainTests(element, known);
      case "derived": {
        const { name, expression } = element;
        const key = this.#keyOf(name);
        if (key !== undefined && this.#isDefinition(name, expression)) return [];
        const { guards, node } = this.#exact(this.#resolved(expression.root, known, [name]), [
          name,
        ]);
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
                row.map(({ root }): Item => ({ kind: "value", value: root, ...NOWHERE })),
              );
        return [
          any(
            rows.map((row) =>
              all(
                row.flatMap((item, i) =>
                  this.#itemTests(axis.names[i] as string, item, known, axis.names),
                ),
              ),
            ),
          ),
        ];
      }
      case "where":
        return this.#whereTests(element.condition, known);
    }
  }

  /** Whether an axis is what says that a variable and a parameter are the same. */
  #isDefinition(name: string, { root }: Expression): boolean {
    return root.kind === "name" && this.#aliases.get(root.name) === name;
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
    const valueSets = keys.map((key) => this.#own.grid.valueSets.get(key as string));
    if (names.length === 1) {
      const [own] = progressions as [readonly Progression[]];
      const fit = fitOf(own, valueSets[0]);
      if (fit === "none") throw new Never();
      return fit === "all"
        ? []
        : [
            {
              kind: "in",
              of: nameNode(keys[0] as string),
              items: own.map(itemOfRun),
              isNegated: false,
              ...NOWHERE,
            },
          ];
    }
    const count = (progressions[0] as readonly Progression[]).reduce(
      (sum, progression) => sum + progression.count,
      0,
    );
    const rows = Array.from({ length: count }, (_, row) =>
      progressions.map((own) => valueAt(own, row)),
    );
    const fitting = rows.filter((row) =>
      row.every(
        (value, i) => fitOf([{ first: value, step: 1, count: 1 }], valueSets[i]) !== "none",
      ),
    );
    if (fitting.length === 0) throw new Never();
    return [
      any(
        fitting.map((row) =>
          all(
            row.map((value, i) =>
              compare(nameNode(keys[i] as string), "==", numberNode(BigInt(value))),
            ),
          ),
        ),
      ),
    ];
  }

  /** The values of an axis, with its sample rates over the denominator of the layer at hand; rates that it cannot have are left out. */
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
    const own = progressions[names.indexOf("sample_rate")] as readonly Progression[];
    const scaled = (progression: Progression): Progression => ({
      first: progression.first * numerator,
      step: progression.step * numerator,
      count: progression.count,
    });
    if (denominator === 1 && names.length === 1) return [own.map(scaled)];
    const count = own.reduce((sum, progression) => sum + progression.count, 0);
    if (count > MAX_COMBINATIONS)
      throw this.#undecidable(
        names,
        "its sample rates and those of this grid have different denominators",
      );
    const kept = Array.from({ length: count }, (_, row) => row).filter(
      (row) => (valueAt(own, row) * numerator) % denominator === 0,
    );
    if (kept.length === 0) throw new Never();
    return names.map((name, i) =>
      kept.map((row) => {
        const value = valueAt(progressions[i] as readonly Progression[], row);
        return {
          first: name === "sample_rate" ? (value * numerator) / denominator : value,
          step: 1,
          count: 1,
        };
      }),
    );
  }

  /** That a key is among the values of an item. */
  #itemTests(
    name: string,
    item: Item,
    known: ReadonlyMap<string, Node>,
    axis: readonly string[],
  ): Node[] {
    const key = nameNode(this.#keyOf(name) as string);
    const operands: { guards: Node[]; node: Node }[] = [];
    const exact = replacedOperands(item, (operand) => {
      const found = this.#exact(this.#resolved(operand, known, axis), axis);
      operands.push(found);
      return found.node;
    });
    const guards = operands.flatMap((operand) => operand.guards);
    return [
      ...guards,
      exact.kind === "value"
        ? compare(key, "==", exact.value)
        : { kind: "in", of: key, items: [exact], isNegated: false, ...NOWHERE },
    ];
  }

  /** A condition holds for the layer at hand as it would in the grid, if it depends on what the layer shows alone. */
  #whereTests(condition: Expression, known: ReadonlyMap<string, Node>): Node[] {
    const names = namesIn(condition.root).map(({ name }) => name);
    const isShown = (name: string) =>
      this.#keys.has(name) || (isResultName(name) && this.#isSettled(name));
    const isKept =
      this.#isOwn || this.#own.grid.where.some((other) => textOf(other) === textOf(condition));
    if (isKept && names.every(isShown)) return [];
    if (names.some((name) => isResultName(name) && !this.#isSettled(name))) {
      throw this.#undecidable(
        [],
        `its condition '${textOf(condition)}' depends on a setting that the two grids do not share`,
      );
    }
    return [this.#resolved(condition.root, known, [])];
  }

  /** Whether a result of the layer at hand is what it would be in the grid: its settings are keys, or the same throughout. */
  #isSettled(name: string): boolean {
    if (!isResultName(name)) return true;
    const settings = dependenciesOfColumn(this.#kind, name).filter(
      (base) => SETTINGS.some((setting) => setting.name === base) && !this.#keys.has(base),
    );
    const constant = (grid: PlannedGrid, base: string) => {
      const { fixed, loops, derived } = grid;
      const given = fixed.find((each) => each.name === base)?.value;
      const found =
        base === "sample_rate" && given !== undefined ? given / rateDenominatorOf(grid) : given;
      const turns =
        loops.some(({ names }) => names.includes(base)) ||
        derived.some((each) => each.name === base);
      return turns ? undefined : (found ?? (base === "bits" ? DEFAULT_BITS : undefined));
    };
    return settings.every((base) => {
      const value = constant(this.#candidate.grid, base);
      return value !== undefined && value === constant(this.#own.grid, base);
    });
  }

  /** A node over keys, results and numbers alone. */
  #resolved(node: Node, known: ReadonlyMap<string, Node>, axis: readonly string[]): Node {
    return replaced(node, (name) => {
      const key = this.#keyOf(name);
      if (key === "sample_rate") return this.#rateNode();
      if (key !== undefined) return nameNode(key);
      const value = known.get(name);
      if (value) return value;
      if (isResultName(name)) return nameNode(name);
      throw this.#undecidable(axis, `it depends on ${name}, which does not follow from the layer`);
    });
  }

  /** The numerator that the sample rate of the layer at hand has in the grid. */
  #rateNode(): Node {
    const { numerator, denominator } = this.#rates;
    const times: Node =
      denominator === 1
        ? nameNode("sample_rate")
        : binary("*", nameNode("sample_rate"), denominator);
    return numerator === 1 ? times : binary("/", times, numerator);
  }

  /** The values that a variable can have, each with the tests of the keys that turn with it. */
  *#choices(
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
        yield this.#choice(
          names,
          element.progressions.map((own) => numberNode(BigInt(valueAt(own, row)))),
          [],
        );
      return;
    }
    const { axis } = element;
    if (axis.kind === "joint") {
      for (const row of axis.rows) {
        const exact = row.map(({ root }) => this.#exact(this.#resolved(root, known, names), names));
        yield this.#choice(
          names,
          exact.map(({ node }) => node),
          exact.flatMap(({ guards }) => guards),
        );
      }
      return;
    }
    const seen = new Set<bigint>();
    for (const { root } of axis.items) {
      const item = replacedItem(root, (name) => this.#resolved(nameNode(name), known, names));
      if (namesIn(item).length > 0)
        throw this.#undecidable(names, "its values depend on parameters");
      for (const value of this.#valuesOf(item, names)) {
        if (seen.has(value)) continue;
        seen.add(value);
        yield this.#choice(names, [numberNode(value)], []);
      }
    }
  }

  #choice(
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
      // No layer comes of a value that does not divide exactly; the others stop the sweep of that grid.
      if (error instanceof EvaluationError) return [];
      throw error;
    }
  }

  /** An expression whose divisions are exact, and what must hold for that: `a / b` is `a // b` where `a % b == 0`. */
  #exact(node: Node, axis: readonly string[]): { guards: Node[]; node: Node } {
    if (!contains(node, isDivision)) return { guards: [], node };
    const guards: Node[] = [];
    const visit = (part: Node): Node => {
      switch (part.kind) {
        case "binary": {
          const [left, right] = [visit(part.left), visit(part.right)];
          if (part.operator !== "/") return { ...part, left, right };
          if (right.kind !== "number" || right.value === 0n)
            guards.push(compare(right, "!=", numberNode(0n)));
          guards.push(compare({ ...part, operator: "%", left, right }, "==", numberNode(0n)));
          return { ...part, operator: "//", left, right };
        }
        case "negate":
        case "not":
          return { ...part, of: visit(part.of) };
        case "call":
          return { ...part, args: part.args.map(visit) };
        case "number":
        case "name":
          return part;
        default:
          if (contains(part, isDivision))
            throw this.#undecidable(axis, "it uses / inside a condition");
          return part;
      }
    };
    return { node: visit(node), guards };
  }

  #undecidable(axis: readonly string[], reason: string): Error {
    return errors.undecidable(
      this.#location,
      this.#isOwn,
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

function isDivision(node: Node | Item): boolean {
  return node.kind === "binary" && node.operator === "/";
}

function itemOfRun({ first, step, count }: Progression): Item {
  const [min, max] = [numberNode(BigInt(first)), numberNode(BigInt(first + (count - 1) * step))];
  if (count === 1) return { kind: "value", value: min, ...NOWHERE };
  return {
    kind: "range",
    first: min,
    last: max,
    ...(step > 1 && { step: numberNode(BigInt(step)) }),
    ...NOWHERE,
  };
}

/** How many of the possible values the runs have, as far as it can be told. */
function fitOf(
  progressions: readonly Progression[],
  valueSets: ValueSet | undefined,
): "all" | "none" | "some" {
  if (!valueSets) return "some";
  const has = (value: bigint) =>
    progressions.some(
      (progression) =>
        value >= BigInt(progression.first) &&
        value <= BigInt(lastOf(progression)) &&
        (value - BigInt(progression.first)) % BigInt(progression.step) === 0n,
    );
  if (valueSets.values) {
    const inside = valueSets.values.filter(has).length;
    return inside === 0 ? "none" : inside === valueSets.values.length ? "all" : "some";
  }
  const { min, max } = valueSets;
  if (
    progressions.every(
      (progression) => BigInt(lastOf(progression)) < min || BigInt(progression.first) > max,
    )
  )
    return "none";
  return progressions.some(
    (progression) =>
      progression.step === 1 &&
      BigInt(progression.first) <= min &&
      BigInt(lastOf(progression)) >= max,
  )
    ? "all"
    : "some";
}

/** That values come before those of the layer at hand, in the order of the first that differs. */
function smaller(chosen: readonly (readonly [string, Node])[]): Node {
  return any(
    chosen.map(([name, value], i) =>
      all([
        ...chosen.slice(0, i).map(([before, same]) => compare(same, "==", nameNode(before))),
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

/** Whether two grids may share a layer, by what their keys can be. */
export function canOverlap(
  keys: ReadonlySet<string>,
  one: PlannedGrid,
  other: PlannedGrid,
): boolean {
  const hasOneDenominator = rateDenominatorOf(one) === rateDenominatorOf(other);
  return [...keys].every((key) => {
    const [a, b] = [one.valueSets.get(key), other.valueSets.get(key)];
    if (!a || !b || (key === "sample_rate" && !hasOneDenominator)) return true;
    if (a.max < b.min || b.max < a.min) return false;
    return !(a.values && b.values) || a.values.some((value) => b.values?.includes(value));
  });
}
