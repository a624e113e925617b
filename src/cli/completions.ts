/**
 * `upsweep completions`: scripts that complete command lines in bash, zsh and fish. Made from
 * commander's tables.
 */
import type { Command, Option } from "commander";
import { COLUMNS } from "../columns/table.js";
import { KIND_NAMES } from "../layers/kinds.js";
import { GROUP_NAMES } from "../spec/spec.js";
import type { Shell } from "./options.js";
import { writeOut } from "./terminal.js";

/** The values of an option or argument: one of some words, a file, anything, or none. */
type Values = readonly string[] | "file" | "any" | "none";

interface Flag {
  readonly names: readonly string[];
  readonly values: Values;
  readonly meaning: string;
}

interface CommandEntry {
  readonly name: string;
  readonly meaning: string;
  readonly flags: readonly Flag[];
  readonly argument: Values;
}

/** Words to suggest for options that accept other values too. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "--layer": KIND_NAMES,
  "--columns": [...GROUP_NAMES, ...COLUMNS.map(({ name }) => name)],
};

export function completions(root: Command, shell: Shell): void {
  const commands = [
    ...root.commands.map(commandEntry),
    {
      name: "help",
      meaning: "Show the help of a command",
      flags: [],
      argument: root.commands.map((c) => c.name()),
    },
  ];
  const scripts = { bash, zsh, fish };
  writeOut(scripts[shell](commands, flagsOf(root)));
}

function commandEntry(command: Command): CommandEntry {
  const [first] = command.registeredArguments;
  const argument = first === undefined ? "none" : (first.argChoices ?? "file");
  return {
    name: command.name(),
    meaning: command.description(),
    flags: flagsOf(command),
    argument,
  };
}

function flagsOf(command: Command): Flag[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined),
      values: valuesOf(option),
      meaning: option.description,
    }));
}

function valuesOf(option: Option): Values {
  if (!option.required && !option.optional) return "none";
  return (
    option.argChoices ??
    WORDS[option.long ?? ""] ??
    (option.flags.includes("<file>") ? "file" : "any")
  );
}

// ── bash ─────────────────────────────────────────────────────────────────────────────────────────

function bash(commands: readonly CommandEntry[], flags: readonly Flag[]): string {
  const cases = commands
    .map((command) => `    ${command.name})\n${bashCommand(command)}      ;;`)
    .join("\n");
  const words = [...commands.map(({ name }) => name), ...flags.flatMap(({ names }) => names)].join(
    " ",
  );
  return `# Completions of upsweep for bash: upsweep completions bash > /etc/bash_completion.d/upsweep, or eval "$(upsweep completions bash)".
_upsweep() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= words= files= comma= i
  local IFS=$' \\t\\n'
  # bash makes three words of --option=value.
  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --color | =) ((i++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
    "")
${bashValues(flags)}      words="${words}"
      ;;
${cases}
  esac
  # Lists with commas: complete what follows the last.
  local before=
  if [[ -n $comma && $current == *,* ]]; then before=\${current%,*},; words=$before\${words// / $before}; fi
  IFS=$'\\n'
  if [[ -n $files ]]; then
    compopt -o filenames 2> /dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "\${words// /$'\\n'}" -- "$current"))
  fi
}
complete -F _upsweep upsweep
`;
}

function bashCommand({ flags, argument }: CommandEntry): string {
  const names = flags.flatMap((flag) => flag.names).join(" ");
  const argumentWords =
    argument === "file"
      ? "files=1"
      : `words="${Array.isArray(argument) ? argument.join(" ") : names}"`;
  return `${bashValues(flags)}      if [[ -z $words$files ]]; then\n        if [[ $current == -* ]]; then words="${names}"; else ${argumentWords}; fi\n      fi\n`;
}

/** Cases for the words after options that take values. */
function bashValues(flags: readonly Flag[]): string {
  const lines = flags
    .filter(({ values }) => values !== "none")
    .map(({ names, values }) => {
      const action =
        values === "file"
          ? "files=1"
          : values === "any"
            ? "COMPREPLY=(); return"
            : `words="${(values as readonly string[]).join(" ")}"`;
      return `        ${names.join(" | ")}) ${action}${names.includes("--columns") ? "; comma=1" : ""} ;;\n`;
    });
  return `      case $previous in\n${lines.join("")}      esac\n`;
}

// ── zsh ──────────────────────────────────────────────────────────────────────────────────────────

const inQuotes = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function zsh(commands: readonly CommandEntry[], flags: readonly Flag[]): string {
  const descriptions = commands
    .map(({ name, meaning }) => `    ${inQuotes(`${name}:${meaning.replaceAll(":", "\\:")}`)}`)
    .join("\n");
  const cases = commands
    .map((command) => `        ${command.name}) _arguments -S ${zshArguments(command)} ;;`)
    .join("\n");
  return `#compdef upsweep
# Completions of upsweep for zsh: upsweep completions zsh > a folder of $fpath, as _upsweep.
_upsweep() {
  local curcontext=$curcontext state line
  local -a commands=(
${descriptions}
  )
  _arguments -C ${flags.map(zshFlag).join(" ")} '1: :->command' '*:: :->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $words[1] in
${cases}
      esac
      ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _upsweep "$@"; else compdef _upsweep upsweep; fi
`;
}

function zshArguments({ flags, argument }: CommandEntry): string {
  const last = argument === "none" ? [] : [inQuotes(`*: :${zshValues(argument)}`)];
  return [...flags.map(zshFlag), ...last].join(" ");
}

function zshFlag({ names, values, meaning }: Flag): string {
  const text = meaning.replace(/[[\]:\\]/g, "\\$&");
  return names
    .map((name) => {
      const short = name.startsWith("--") ? "=" : "+";
      return inQuotes(
        values === "none" ? `${name}[${text}]` : `${name}${short}[${text}]: :${zshValues(values)}`,
      );
    })
    .join(" ");
}

function zshValues(values: Values): string {
  if (values === "file") return "_files";
  return typeof values === "string" ? "" : `(${values.join(" ")})`;
}

// ── fish ─────────────────────────────────────────────────────────────────────────────────────────

function fish(commands: readonly CommandEntry[], flags: readonly Flag[]): string {
  const lines = [
    "# Completions of upsweep for fish: upsweep completions fish > ~/.config/fish/completions/upsweep.fish",
    "complete -c upsweep -f",
  ];
  for (const flag of flags) lines.push(fishFlag("__fish_use_subcommand", flag));
  for (const { name, meaning } of commands)
    lines.push(`complete -c upsweep -n __fish_use_subcommand -a ${name} -d ${fishQuoted(meaning)}`);
  for (const { name, flags: commandFlags, argument } of commands) {
    const condition = `__fish_seen_subcommand_from ${name}`;
    if (argument === "file") lines.push(`complete -c upsweep -n '${condition}' -F`);
    if (typeof argument !== "string")
      lines.push(`complete -c upsweep -n '${condition}' -a '${argument.join(" ")}'`);
    for (const flag of commandFlags) lines.push(fishFlag(condition, flag));
  }
  return `${lines.join("\n")}\n`;
}

const fishQuoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;

function fishFlag(condition: string, { names, values, meaning }: Flag): string {
  const each = names
    .map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(" ");
  const rest =
    values === "none"
      ? ""
      : values === "file"
        ? " -r -F"
        : values === "any"
          ? " -x"
          : ` -x -a '${values.join(" ")}'`;
  return `complete -c upsweep -n '${condition}' ${each}${rest} -d ${fishQuoted(meaning)}`;
}
