import { clientResult, clientText } from "./client/client-budgets.ts";
import { measureClient } from "./client/measure-client.ts";
import { present, suiteOptions } from "./figures/suite-options.ts";

const HELP = `
Usage: pnpm bench client [--json] [--rounds N]

What analytics costs a server: an in-memory MCP server bare, with the client of this repository, with a fetch that is waited
for, with posthog-node, with agentcat and with the wrapper of @sentry/node, in turns. The exit code is 1 when a figure misses its budget.
`;

export async function run(args: readonly string[]): Promise<void> {
  const options = suiteOptions(args, HELP, { rounds: 5 });
  if (options === undefined) return;
  const { peers, ...figures } = await measureClient(options.rounds);
  present({ ...clientResult(figures), peers }, options, (result) => clientText(result, peers));
}
