import * as z from "zod/v4";
import { dailyForecast } from "../forecast/daily-forecast.ts";
import { alertsText, countAlerts } from "../forecast/forecast-source.ts";
import { hourlyForecast } from "../forecast/hourly-forecast.ts";
import { locate, unitSystemOf } from "../location/locate.ts";
import { answerShape, tableSchema } from "../output/answer.ts";
import { dailyAnswer, periodSchema } from "../output/daily-forecast-answer.ts";
import { integerOrNull } from "../output/or-null.ts";
import { tableAnswer } from "../output/table-answer.ts";
import { rangeText } from "../output/units.ts";
import { locationInput, offsetInput, unitsInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

export const getForecast = defineTool({
  name: "get_forecast",
  title: "Weather forecast",
  description:
    "Forecast for any place: daily (up to 16 days) or hourly (up to 168 h). US: National Weather Service, then Open-Meteo past day 7; elsewhere Open-Meteo. Not for past dates (get_historical_weather) or right now (get_current_conditions).",
  input: z.strictObject({
    ...locationInput,
    granularity: z.enum(["daily", "hourly"]).default("daily"),
    days: z.int().min(1).max(16).default(7).describe("daily only"),
    hours: z.int().min(1).max(168).default(24).describe("hourly only"),
    ...unitsInput,
    source: z.enum(["auto", "nws", "open-meteo"]).default("auto"),
    ...offsetInput,
  }),
  output: z.object({
    ...answerShape,
    granularity: z.enum(["daily", "hourly"]),
    periods: z.array(periodSchema).optional(),
    hourly: tableSchema.optional(),
    total_available: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
    active_alerts: integerOrNull,
  }),
  async run(input, { services, scope, nowMs }) {
    const located = await locate(input, services, scope);
    const system = unitSystemOf(input.units, located, services);
    const alerts = countAlerts(located, services, scope);
    // It is awaited below; a failure of the forecast must not leave it unobserved.
    alerts.catch(() => {});
    const daily = input.granularity === "daily";
    const forecast = daily
      ? await dailyForecast(located, input.days, input.source, services, scope)
      : await hourlyForecast(located, input.hours, input.source, services, scope);
    const { count, warning } = await alerts;
    const warnings = [...(warning ? [warning] : []), ...located.warnings, ...forecast.warnings];
    const parts = { located, provenance: forecast.provenance, warnings, nowMs, system, offset: input.offset };
    const extra = { granularity: input.granularity, active_alerts: count };
    const bodyText = located.inUs ? [alertsText(count)] : [];
    if ("rows" in forecast) return dailyAnswer({ ...parts, rows: forecast.rows, extra, bodyText });
    return tableAnswer({
      ...parts,
      title: "Hourly forecast",
      columns: forecast.columns,
      tableKey: "hourly",
      totalKey: "total_available",
      extra,
      bodyText,
      summarize: (built) => hourlySummary(built.table.rows, built.table.columns, built.units),
    });
  },
});

function hourlySummary(
  rows: readonly (readonly (string | number | null)[])[],
  columns: readonly string[],
  units: Readonly<Record<string, string>>,
): string {
  const of = (name: string) => {
    const column = columns.indexOf(name);
    return rows.map((row) => row[column]).filter((value) => typeof value === "number");
  };
  const [temperatures, chances] = [of("temperature"), of("precip_probability")];
  const parts = [
    ...(temperatures.length > 0 ? [rangeText(temperatures, units.temperature ?? "")] : []),
    ...(chances.length > 0 ? [`chance of precipitation up to ${Math.max(...chances)}%`] : []),
  ];
  return `Next ${rows.length} hours${parts.length > 0 ? `: ${parts.join(", ")}` : ""}.`;
}
