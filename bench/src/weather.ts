import { rounded } from "./figures/spread.ts";
import { present, suiteOptions } from "./figures/suite-options.ts";
import { measureWeather } from "./weather/measure-weather.ts";
import { weatherResult, weatherText } from "./weather/weather-budgets.ts";

const HELP = `
Usage: pnpm bench weather [--json]

The built weather-mcp over stdio against the fixture upstream: what its tools and answers cost a model, how fast it starts
and answers from memory. Takes about half a minute. The exit code is 1 when a figure misses its budget.
`;

export async function run(args: readonly string[]): Promise<void> {
  const options = suiteOptions(args, HELP, { rounds: 1 });
  if (options === undefined) return;
  const figures = await measureWeather();
  const { coldStartMs, cachedP50Ms } = figures;
  const result = weatherResult({ ...figures, coldStartMs: rounded(coldStartMs), cachedP50Ms: rounded(cachedP50Ms) });
  present(result, options, weatherText);
}
