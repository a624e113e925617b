/**
 * Adds to a command what every command has: checks of its options and arguments, output through one
 * writer, suggestions, --color and --help.
 */
import { type Command, Option } from "commander";
import { errors } from "../errors.js";
import { candidates, printable } from "../format-message.js";
import {
  COLOR_CHOICES,
  complain,
  hasColor,
  painter,
  STDERR,
  STDOUT,
  terminalWidth,
  writeErr,
  writeOut,
} from "./terminal.js";

/** Options that can be repeated. Any other option with a value is refused when given twice. */
const REPEATABLE: ReadonlySet<string> = new Set([
  "--where",
  "--set",
  "--axis",
  "--variable",
  "--carry",
]);

/** An argument too long for a message, with the part of it to show. */
const LONG_QUOTE = /'([^']{100})[^']{20,}'/g;

export function equip(command: Command): void {
  command.addOption(
    new Option("--color <when>", "Use colour; auto means on terminals, unless NO_COLOR is set")
      .choices(COLOR_CHOICES)
      .default("auto")
      .helpGroup("General:"),
  );
  command.addHelpOption(new Option("-h, --help", "Show this help").helpGroup("General:"));
  checkOptions(command);
  const name = command.parent === null ? "upsweep" : `upsweep ${command.name()}`;
  command
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut,
      writeErr,
      outputError: (text) => complain(parserMessage(text, command)),
      getOutHelpWidth: () => terminalWidth() ?? 80,
      getErrHelpWidth: () => 80,
      getOutHasColors: () => hasColor(STDOUT),
      getErrHasColors: () => hasColor(STDERR),
    })
    .configureHelp({ styleTitle: (title) => painter(STDOUT)("bold", title) })
    .showHelpAfterError(`See '${name} --help'.`);
}

/** Refuses repeated options with a value, empty values, and empty arguments. */
function checkOptions(command: Command): void {
  for (const option of command.options) {
    const flag = option.long ?? option.short ?? option.flags;
    let isGiven = false;
    command.on(`option:${option.name()}`, (value: unknown) => {
      if (typeof value !== "string") return;
      if (value.trim() === "") throw errors.emptyArgument(flag);
      if (isGiven && !REPEATABLE.has(flag)) throw errors.repeatedFlag(flag);
      isGiven = true;
    });
  }
  command.hook("preAction", (_, acting) => {
    for (const [i, argument] of acting.args.entries()) {
      if (argument.trim() === "")
        throw errors.emptyArgument(
          `the argument <${acting.registeredArguments[Math.min(i, acting.registeredArguments.length - 1)]?.name()}>`,
        );
    }
  });
}

/**
 * A message of commander, which is one line: without "error:", with long quotations cut and
 * unprintable characters escaped, and with a suggestion.
 */
function parserMessage(text: string, command: Command): string {
  const short = text
    .trim()
    .replace(/^error: /, "")
    .replace(LONG_QUOTE, "'$1...'");
  return `${printable(short)}${suggestionFor(text, command)}`;
}

/** Suggests known names for an unknown option or command. Empty if none is similar. */
function suggestionFor(text: string, command: Command): string {
  const [, what, unknown] = /^error: unknown (option|command) '([^']*)'/.exec(text) ?? [];
  if (what === undefined || unknown === undefined) return "";
  const known =
    what === "command"
      ? [...command.commands.map((each) => each.name()), "help"]
      : command
          .createHelp()
          .visibleOptions(command)
          .flatMap(({ long }) => long ?? []);
  const meant = candidates(unknown.split("=", 1)[0] as string, known);
  return meant.length === 0
    ? ""
    : `\n(Did you mean ${meant.length > 1 ? "one of " : ""}${meant.join(", ")}?)`;
}
