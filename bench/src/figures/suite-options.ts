import { parseArgs } from "node:util";

export interface SuiteOptions {
  readonly json: boolean;
  readonly rounds: number;
}

/** Reads `[--json] [--rounds N] [--help]`; undefined when the help has been printed instead. */
export function suiteOptions(
  args: readonly string[],
  help: string,
  defaults: { readonly rounds: number },
): SuiteOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean" }, rounds: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help === true) {
    process.stdout.write(`${help.trim()}\n`);
    return undefined;
  }
  const rounds = Number(values.rounds ?? defaults.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) throw new Error("--rounds is a number from 1 to 20.");
  return { json: values.json === true, rounds };
}

/** Prints a result as JSON or as text; the exit code is 1 when one of its figures misses its target. */
export function present<Result extends { readonly passed: boolean }>(
  result: Result,
  options: SuiteOptions,
  text: (result: Result) => string,
): void {
  process.stdout.write(options.json ? `${JSON.stringify(result, undefined, 2)}\n` : text(result));
  if (!result.passed) process.exitCode = 1;
}
