/** What every command has: checked options and arguments, messages through one writer, suggestions, and --color. */
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

/** Options that may be given several times. Any other option with a value is refused when it is given twice. */
const REPEATABLE: ReadonlySet<string> = new Set([
  "--where",
  "--set",
  "--axis",
  "--variable",
  "--carry",
]);

/** An argument that is too long for a message. */
const LONG_QUOTE = /'([^']{100})[^']{20,}'/g;

export function equip(command: Command): void {
  command.addOption(
    new Option("--color <when>", "use colour; auto means on terminals, unless NO_COLOR is set")
      .choices(COLOR_CHOICES)
      .default("auto")
      .helpGroup("General:"),
  );
  command.addHelpOption(new Option("-h, --help", "show this help").helpGroup("General:"));
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

/** Refuses options with a value that are given twice, and empty values and arguments. */
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

/** A message of the parser, which is one line: without "error:", with what it quotes cut and made printable, and with what may have been meant. */
function parserMessage(text: string, command: Command): string {
  const short = text
    .trim()
    .replace(/^error: /, "")
    .replace(LONG_QUOTE, "'$1...'");
  return `${printable(short)}${suggestionFor(text, command)}`;
}

/** Names that an unknown option or command may stand for. */
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
