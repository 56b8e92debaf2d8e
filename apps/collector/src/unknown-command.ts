import type { Command } from "commander";

/**
 * Refuses a word that names no command of `parent`, with a list of those there are. (Commander hands such a word to the
 * default command, which then only says that it takes no argument.)
 *
 * @param words what follows the name of `parent`; one that begins with an option goes to the default command
 */
export function refuseUnknownCommand(parent: Command, [word]: readonly string[]): void {
  if (word === undefined || word.startsWith("-")) return;
  const names = [...parent.commands.map((command) => command.name()), "help"];
  if (names.includes(word)) return;
  parent.error(`error: unknown command '${word}'; there is: ${names.join(", ")}`);
}
