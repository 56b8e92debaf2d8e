import type { Config } from "../config.ts";
import { compareModels } from "./compare-models.ts";
import { compareToNormal } from "./compare-to-normal.ts";
import { findStations } from "./find-stations.ts";
import { getAirQuality } from "./get-air-quality.ts";
import { getAlerts } from "./get-alerts.ts";
import { getCurrentConditions } from "./get-current-conditions.ts";
import { getForecast } from "./get-forecast.ts";
import { getForecastDiscussion } from "./get-forecast-discussion.ts";
import { getHistoricalWeather } from "./get-historical-weather.ts";
import { getMarineForecast } from "./get-marine-forecast.ts";
import { searchLocation } from "./search-location.ts";
import type { Tool } from "./tool.ts";

const DEFAULT_TOOLS: readonly Tool[] = [
  getForecast,
  getCurrentConditions,
  getAlerts,
  getHistoricalWeather,
  searchLocation,
  getAirQuality,
  getMarineForecast,
  compareToNormal,
];
const MORE_TOOLS: readonly Tool[] = [findStations, getForecastDiscussion, compareModels];

/** The tools that a server offers. Forecast and history are part of every set. */
export function toolSet({ toolSet: wanted }: Pick<Config, "toolSet">): readonly Tool[] {
  return wanted === "all" ? [...DEFAULT_TOOLS, ...MORE_TOOLS] : DEFAULT_TOOLS;
}
