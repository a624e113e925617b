/** Layers as people write them: checked, and PyTorch's defaults filled in. */
import { isParameterName, type Layer, type LayerInput, PARAMETER_MAX, PARAMETER_NAMES, PARAMETERS, type Parameter } from "./columns.js";
import { errors } from "./errors.js";

/**
 * A layer with every parameter given. The rules between parameters (groups divides channels, l_out >= 1, …) are the
 * kernel's to check.
 *
 * @throws UpsweepError for an unknown or missing parameter, or one that is not a whole number in its range.
 */
export function readLayer(input: LayerInput, place = "layer"): Layer {
  if (typeof input !== "object" || input === null) throw errors.notMap(place, "the layer", typeof input);
  for (const name of Object.keys(input)) {
    if (!isParameterName(name)) throw errors.unknownParameter(place, name, PARAMETER_NAMES);
  }
  const given = input as Readonly<Record<string, unknown>>;
  const missing = PARAMETERS.filter((p) => !("default" in p) && given[p.name] === undefined).map((p) => p.name);
  if (missing.length > 0) throw errors.missingParameters(place, missing);
  return layerFrom((p) => checkValue(p, given[p.name] ?? p.default, `${place}.${p.name}`));
}

function checkValue(parameter: Parameter, value: unknown, place: string): number {
  if (parameter.type === "boolean") {
    if (typeof value === "boolean") return Number(value);
    if (value === parameter.default) return value as number;
    throw errors.notBoolean(place, parameter.name, String(value));
  }
  if (typeof value !== "number" || !Number.isInteger(value)) throw errors.notInteger(place, parameter.name, String(value));
  if (value < parameter.least || value > PARAMETER_MAX) throw errors.outOfRange(place, parameter, String(value));
  return value;
}

/** The layer whose parameters have the values that `read` gives, booleans as 0 and 1. */
export function layerFrom(read: (parameter: Parameter) => number): Layer {
  return Object.fromEntries(PARAMETERS.map((p) => [p.name, p.type === "boolean" ? read(p) === 1 : read(p)])) as unknown as Layer;
}
