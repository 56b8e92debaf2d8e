import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export const HELP = `Usage: pnpm faults [--json] [--seed N] [--only ID] [--list] [--quick]

Breaks what a collector depends on, and the collector itself, and says what held. Everything runs here: PostgreSQL, Redis and
collectors as processes of this run alone, proxies between them that play the faults of a network.

  --json      print {"cases", "passed", "skipped", "failed", "seed", "seconds"} and nothing else on stdout
  --seed N    decides what the history checker does and which faults meet it; printed with every run
  --only ID   only this case (PF-2) or prefix (PF); may be repeated
  --list      name the cases and end
  --quick     a shorter history and fewer kills; without --only just the cases that show that nothing is lost, as in the test command
  --help      this text

Exit code 0 when nothing failed, 1 when something did, 2 when the arguments are wrong.
`;

export interface FaultOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly only: readonly string[];
  readonly list: boolean;
  readonly quick: boolean;
  readonly help: boolean;
}

/** @throws Error with one line for people */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: args.filter((argument) => argument !== "--"),
    options: {
      json: { type: "boolean", default: false },
      seed: { type: "string", default: String(randomInt(1, 2 ** 31)) },
      only: { type: "string", multiple: true, default: [] },
      list: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (!/^\d{1,10}$/.test(values.seed)) throw new Error("--seed must be a whole number from 0 to 9999999999");
  return { ...values, seed: Number(values.seed) };
}
