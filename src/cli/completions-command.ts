/** `upsweep completions`: scripts for shells. */
import { Argument, Command } from "commander";
import { SHELLS } from "./options.js";
import { examples } from "./shared-options.js";

export function completionsCommand(upsweep: Command): Command {
  return new Command("completions")
    .description("Print a script that completes command lines in a shell")
    .addArgument(new Argument("<shell>", "Shell to complete in").choices(SHELLS))
    .addHelpText(
      "before",
      examples([
        ['eval "$(upsweep completions bash)"', "Put this line in ~/.bashrc"],
        [
          "upsweep completions zsh > ~/.zfunc/_upsweep",
          "Put fpath+=(~/.zfunc) before compinit in ~/.zshrc",
        ],
        [
          "upsweep completions fish > ~/.config/fish/completions/upsweep.fish",
          "Install the completions for fish",
        ],
      ]),
    )
    .action(async (shell) => (await import("./completions.js")).completions(upsweep, shell));
}
