/** Names in expressions: whether each is known, and whether axes depend on each other in a circle. */
import { columnsOf, isResultName } from "../columns/columns.js";
import { errors } from "../errors.js";
import { type Expression, type ListItem, namesIn } from "../expression/node.js";
import { anyParameter, type Kind } from "../layers/parameters.js";
import { type Axis, expressionsOf } from "./axes.js";
import { isNamedPadding, remedyOfNamedPadding } from "./foreign.js";

/** The names that an axis' values depend on. */
export function dependenciesOf(axis: Axis): readonly string[] {
  return [
    ...new Set(expressionsOf(axis).flatMap(({ root }) => namesIn(root).map(({ name }) => name))),
  ];
}

/** @throws UpsweepError for a name that is unknown or not there yet, and for a circle. */
export function checkNames(
  kind: Kind,
  { axes, where }: { readonly axes: readonly Axis[]; readonly where: readonly Expression[] },
): void {
  const own = axes
    .flatMap(({ names }) => names)
    .filter((name) => !kind.parameterNames.includes(name));
  // bits is there in any case.
  const known = [...kind.parameterNames, ...own, "bits"];
  const isRated = own.includes("sample_rate");
  const columns = columnsOf(kind);
  const results = columns.map(({ name }) => name);
  const check = ({ source, root }: Expression | ListItem, alsoKnown: readonly string[]) => {
    for (const { name, span } of namesIn(root)) {
      if (known.includes(name) || alsoKnown.includes(name)) continue;
      if (isResultName(name) && results.includes(name))
        throw errors.resultInAxis(source, span, name);
      throw errors.unknownName(source, span, name, [...kind.parameterNames, ...own, ...alsoKnown]);
    }
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
          remedyOfNamedPadding(kind, text),
        );
      check(expression, []);
    }
  }
  for (const condition of where) {
    check(condition, results);
    const rated = namesIn(condition.root).find(({ name }) =>
      columns.find((c) => c.name === name)?.dependsOn.some((base) => base === "sample_rate"),
    );
    if (rated && !isRated) throw errors.unratedName(condition.source, rated.span, rated.name);
  }
  checkCircles(axes);
}

function checkCircles(axes: readonly Axis[]): void {
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
        const further = [...path, { axis: next, name }];
        const start = further.findIndex((step) => step.axis === next);
        if (start < further.length - 1) {
          const circle = further.slice(start).map((step) => step.name);
          throw errors.cycle(source, span, circle);
        }
        walk(next, further);
      }
    }
    done.add(axis);
  };
  for (const axis of axes) walk(axis, [{ axis, name: axis.names[0] as string }]);
}
