/**
 * The names in expressions: whether each is known, and whether axes depend on each other in a
 * cycle.
 */
import { columnsOf, needsSetting } from "../columns/derived.js";
import { isResultName } from "../columns/table.js";
import { errors } from "../errors.js";
import { type Expression, type ListItem, namesIn } from "../expression/node.js";
import { anyParameter, type Kind } from "../layers/kinds.js";
import { type Axis, expressionsOf, wordAxis } from "./axes.js";
import { isNamedPadding, remedyOfNamedPadding } from "./foreign.js";

/** The names that the values of an axis depend on. */
export function dependenciesOf(axis: Axis): readonly string[] {
  return [
    ...new Set(expressionsOf(axis).flatMap(({ root }) => namesIn(root).map(({ name }) => name))),
  ];
}

/**
 * Checks the names in the expressions of a grid.
 *
 * @throws UpsweepError for an unknown name, a result in an axis, a condition that needs a missing
 * sample rate, and for axes that depend on each other in a cycle.
 */
export function checkNames(
  kind: Kind,
  { axes, where }: { readonly axes: readonly Axis[]; readonly where: readonly Expression[] },
): void {
  const variables = axes
    .flatMap(({ names }) => names)
    .filter((name) => !kind.parameterNames.includes(name));
  // `bits` always has a value: its default is 32.
  const known = [...kind.parameterNames, ...variables, "bits"];
  const hasSampleRate = variables.includes("sample_rate");
  const columns = columnsOf(kind);
  const results = columns.map(({ name }) => name);
  const check = ({ source, root }: Expression | ListItem, alsoKnown: readonly string[]) => {
    for (const { name, span } of namesIn(root)) {
      if (known.includes(name) || alsoKnown.includes(name)) continue;
      if (isResultName(name) && results.includes(name))
        throw errors.resultInAxis(source, span, name);
      throw errors.unknownName(source, span, name, [
        ...kind.parameterNames,
        ...variables,
        ...alsoKnown,
      ]);
    }
  };
  const hasWord = wordAxis(axes) !== undefined;
  const checkWords = ({ source, root }: Expression | ListItem) => {
    const use = namesIn(root).find(({ name }) => anyParameter(name)?.base === "padding");
    if (hasWord && use) throw errors.wordInExpression(source, use.span, use.name);
  };
  for (const axis of axes) {
    for (const expression of expressionsOf(axis)) {
      const { text, location } = expression.source;
      const isName =
        isNamedPadding(text) &&
        !known.includes(text.trim()) &&
        axis.names.some((name) => anyParameter(name)?.base === "padding");
      if (isName)
        throw errors.foreignValue(
          location,
          "padding",
          text.trim(),
          remedyOfNamedPadding(kind, text, undefined, true),
        );
      check(expression, []);
      checkWords(expression);
    }
  }
  for (const condition of where) {
    check(condition, results);
    checkWords(condition);
    const rateUse = namesIn(condition.root).find(({ name }) =>
      columns.some((c) => c.name === name && needsSetting(c.name, "sample_rate")),
    );
    if (rateUse && !hasSampleRate)
      throw errors.unratedName(condition.source, rateUse.span, rateUse.name);
  }
  checkCycles(axes);
}

function checkCycles(axes: readonly Axis[]): void {
  const axisOf = new Map(
    axes.flatMap((axis) => axis.names.map((name): [string, Axis] => [name, axis])),
  );
  const done = new Set<Axis>();
  const walk = (
    axis: Axis,
    path: readonly { readonly axis: Axis; readonly name: string }[],
  ): void => {
    for (const { source, root } of expressionsOf(axis)) {
      for (const { name, span } of namesIn(root)) {
        const next = axisOf.get(name);
        if (next === undefined || done.has(next)) continue;
        const extended = [...path, { axis: next, name }];
        const start = extended.findIndex((step) => step.axis === next);
        if (start < extended.length - 1) {
          const cycle = extended.slice(start).map((step) => step.name);
          throw errors.cycle(source, span, cycle);
        }
        walk(next, extended);
      }
    }
    done.add(axis);
  };
  for (const axis of axes) walk(axis, [{ axis, name: axis.names[0] as string }]);
}
