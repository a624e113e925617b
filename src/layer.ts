/** Layers as people write them: checked, and PyTorch's defaults filled in. */
import { errors } from "./errors.js";
import {
  DEFAULT_KIND,
  isParameterName,
  KIND_NAMES,
  type Kind,
  kindNamed,
  type Layer,
  type LayerInput,
  layerFrom,
  namesOfParameter,
  PARAMETER_MAX,
  type Parameter,
  SETTINGS,
  shortNames,
} from "./parameters.js";

/**
 * A layer with every parameter given. The rules between parameters (groups divides channels, l_out >= 1, …) are the
 * kernel's to check.
 *
 * @throws UpsweepError for an unknown or missing parameter, or one that is not a whole number in its range.
 */
export function readLayer(input: LayerInput, place = "layer"): Layer {
  if (typeof input !== "object" || input === null) throw errors.notMap(place, "the layer", typeof input);
  const { layer = DEFAULT_KIND, ...given } = input as unknown as Readonly<Record<string, unknown>>;
  const kind = typeof layer === "string" ? kindNamed(layer) : undefined;
  if (kind === undefined) throw errors.unknownKind(`${place}.layer`, String(layer), KIND_NAMES);
  const known = [...kind.parameterNames, ...kind.plainNames, ...SETTINGS.map(({ name }) => name)];
  for (const name of Object.keys(given))
    if (!known.includes(name)) throw isParameterName(name) ? errors.otherKindsParameter(place, name, kind) : errors.unknownParameter(place, name, known);
  const values = spread(kind, given, place);
  const missing = kind.parameters.filter((p) => p.default === undefined && values[p.name] === undefined).map((p) => p.name);
  if (missing.length > 0) throw errors.missingParameters(place, shortNames(kind, missing));
  const settings = Object.fromEntries(
    SETTINGS.filter(({ name }) => given[name] !== undefined).map((s) => [s.name, checkInteger(s, given[s.name], `${place}.${s.name}`)]),
  );
  return layerFrom(kind, (p) => checkValue(p, values[p.name] ?? p.default, `${place}.${p.name}`), settings);
}

/** Values by the names of the kind's own parameters: `kernel_size: [3, 5]` is one for each dimension, `kernel_size: 3` one for all. */
function spread(kind: Kind, given: Readonly<Record<string, unknown>>, place: string): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const plain = kind.plainNames.find((base) => base === name);
    const names = plain ? namesOfParameter(kind, plain) : [name];
    if (plain && Array.isArray(value) && value.length !== names.length) throw errors.dimensionCount(`${place}.${name}`, name, value.length, names);
    for (const [i, own] of names.entries()) {
      if (values[own] !== undefined && value !== undefined) throw errors.axisTwice(`${place}.${name}`, own);
      values[own] = plain && Array.isArray(value) ? value[i] : value;
    }
  }
  return values;
}

function checkValue(parameter: Parameter, value: unknown, place: string): number {
  if (parameter.type === "boolean") {
    if (typeof value === "boolean") return Number(value);
    if (value === parameter.default) return value as number;
    throw errors.notBoolean(place, parameter.name, String(value));
  }
  return checkInteger({ ...parameter, most: PARAMETER_MAX }, value, place);
}

function checkInteger(domain: { readonly name: string; readonly least: number; readonly most: number }, value: unknown, place: string): number {
  if (typeof value !== "number" || !Number.isInteger(value)) throw errors.notInteger(place, domain.name, String(value));
  if (value < domain.least || value > domain.most) throw errors.outOfRange(place, domain, String(value));
  return value;
}
