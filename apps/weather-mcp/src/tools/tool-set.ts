import type { Config } from "../config.ts";
import { getForecast } from "./get-forecast.ts";
import { getHistoricalWeather } from "./get-historical-weather.ts";
import type { Tool } from "./tool.ts";

const DEFAULT_TOOLS: readonly Tool[] = [getForecast, getHistoricalWeather];

/** The tools that a server offers. */
export function toolSet(_config: Config): readonly Tool[] {
  return DEFAULT_TOOLS;
}
