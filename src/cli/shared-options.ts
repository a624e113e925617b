/** The options that several commands have, and the parts of their help. */
import { type Command, Option } from "commander";
import { PAGE_COMPRESSIONS } from "../formats/columnar.js";
import { BIG_INTS } from "../formats/json.js";
import { FORMAT_NAMES } from "../formats/registry.js";
import {
  DEFAULT_KIND,
  KIND_NAMES,
  type KindName,
  kindOf,
  kindsWith,
  type Parameter,
} from "../layers/kinds.js";
import { PARAMETERS, SETTINGS } from "../layers/parameters.js";
import { readRate } from "../layers/rate.js";
import { CHECKS } from "../plan/method.js";
import { flagOf } from "../spec/flags.js";
import { type AxisFlags, readDelimiter, readWholeNumber } from "./options.js";
import { painter, STDOUT } from "./terminal.js";

/** Collects the values of an option that can be given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function examples(lines: readonly (readonly [string, string])[]): string {
  const texts = lines.map(([command, meaning]) => `  ${command}\n      ${meaning}\n`);
  return `${painter(STDOUT)("bold", "Examples:")}\n${texts.join("")}`;
}

/** Adds one option per parameter. `flags` keeps the values in the order in which they are given. */
export function addParameterOptions(
  command: Command,
  flags: AxisFlags,
  argument: "<n>" | "<values>",
): void {
  command.optionsGroup("Layers:").addOption(layerOption());
  const add = ({ name, type, meaning, default: usual }: Omit<Parameter, "base" | "dimension">) => {
    const quote = type === "boolean" && argument === "<n>" ? "<true|false>" : argument;
    const needed = neededBy(kindsWith(name));
    const value =
      usual === undefined ? needed : `default: ${type === "boolean" ? usual === 1 : usual}`;
    command.addOption(
      new Option(`${flagOf(name)} ${quote}`, `${capitalised(meaning)} (${value})`).argParser(
        (text: string) => flags.give(name, text),
      ),
    );
  };
  for (const parameter of PARAMETERS) add(parameter);
  command.addOption(
    new Option("--no-bias", "Same as --bias false").argParser(() => flags.give("bias", "false")),
  );
  // 2-d and 3-d layers have their own lengths, and linear layers have features in place of
  // channels. --kernel-size and similar options set all dimensions.
  for (const parameter of [kindOf("conv_transpose3d"), kindOf("linear")].flatMap(
    ({ parameters }) => parameters,
  ))
    if (parameter.name !== parameter.base && !parameter.name.includes(".")) add(parameter);
  for (const { name, meaning, min, max, ...rest } of SETTINGS) {
    const usual = "default" in rest ? ` (default: ${rest.default})` : "";
    const flag = flagOf(name);
    const read = (text: string) =>
      name === "sample_rate" ? readRate(text, flag) : readWholeNumber(flag, text, min, max);
    command.addOption(new Option(`${flag} <n>`, `${capitalised(meaning)}${usual}`).argParser(read));
  }
}

/** Which kinds of layers require a parameter, in the fewest words. */
function neededBy(kinds: readonly KindName[]): string {
  const others = KIND_NAMES.filter((kind) => !kinds.includes(kind));
  if (others.length === 0) return "required";
  return others.length < kinds.length
    ? `required, except for ${others.join(", ")}`
    : `required for ${kinds.join(", ")}`;
}

export function layerOption(): Option {
  return new Option(
    "--layer <kind>",
    `Kind of the layers: ${KIND_NAMES.join(", ")}, or PyTorch's class, such as ConvTranspose2d ` +
      `(default: ${DEFAULT_KIND})`,
  );
}

export function columnsOption(): Option {
  return new Option(
    "--columns <names>",
    "Result columns or groups, in order, for example l_out,ops,conventions; see 'upsweep columns'",
  );
}

export function outputSizeOption(): Option {
  return new Option(
    "--output-size <n>",
    "For one layer, choose the output_padding that gives this length, as PyTorch's output_size does",
  );
}

export function formatOption(onlyWith = ""): Option {
  const names = `${FORMAT_NAMES.slice(0, -1).join(", ")} or ${FORMAT_NAMES.at(-1)}`;
  return new Option(
    "--format <name>",
    capitalised(
      `${onlyWith}format of the rows: ${names} (default: from the extension of the output)`,
    ),
  );
}

export function bigIntsOption(where = "With --json: "): Option {
  return new Option(
    "--big-ints <type>",
    `${where}write integers as exact numbers (the default) or as strings; ` +
      "JavaScript's JSON.parse rounds numbers beyond 2^53",
  ).choices(BIG_INTS);
}

export function compressionOption(): Option {
  return new Option(
    "--compression <codec>",
    "In Parquet: compression of the pages (default: snappy)",
  ).choices(PAGE_COMPRESSIONS);
}

export function unsignedOption(meaning: string): Option {
  return new Option("--unsigned", `In Parquet: ${meaning}`);
}

export function fromOption(): Option {
  return new Option(
    "--from <file>",
    "Read layers from a CSV, JSON, Parquet or Arrow FILE; - is standard input",
  );
}

export function skipInvalidOption(): Option {
  return new Option(
    "--skip-invalid",
    "Reject illegal layers and count them, instead of stopping at the first",
  );
}

export function delimiterOption(): Option {
  return new Option(
    "--delimiter <character>",
    "Character between fields (default: detected from the header)",
  ).argParser(readDelimiter);
}

export function carryOption(): Option {
  return new Option(
    "--carry <names>",
    "Copy these columns as labels, though they look like parameters; repeatable",
  ).argParser(collected);
}

export function errorsOption(): Option {
  return new Option(
    "--errors <how>",
    "At an invalid row, stop (the default), or write the message into a last column, error",
  ).choices(["stop", "row"]);
}

export function methodOption(): Option {
  return new Option(
    "--method <name>",
    "Count overlaps by closed form or by simulation; the results are the same",
  )
    .choices(["closed", "simulate"])
    .default("closed");
}

export function checkOption(onlyWith = ""): Option {
  return new Option(
    "--check <what>",
    capitalised(
      `${onlyWith}compare the closed form with the simulation on none, about one in 1,000 (the default), or all layers`,
    ),
  ).choices(CHECKS);
}

export function workersOption(): Option {
  return new Option(
    "--workers <n>",
    "Worker threads (default: the number of processors)",
  ).argParser((text) => readWholeNumber("--workers", text, 1, 1024));
}

export function quietOption(): Option {
  return new Option("--quiet", "Show no progress and no summary");
}
