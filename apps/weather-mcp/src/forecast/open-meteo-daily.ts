import { conditionOf } from "../conditions/wmo-codes.ts";
import { formatUtcDate } from "../time/calendar.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { OpenMeteo, OpenMeteoAnswer } from "../upstream/open-meteo.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import type { DailyRow } from "./daily-rows.ts";

export const OPEN_METEO_MAX_DAYS = 16;

const VARIABLES = [
  "weather_code",
  "temperature_2m_max",
  "temperature_2m_min",
  "apparent_temperature_max",
  "precipitation_probability_max",
  "precipitation_sum",
  "snowfall_sum",
  "wind_speed_10m_max",
  "wind_gusts_10m_max",
  "wind_direction_10m_dominant",
  "uv_index_max",
  "sunrise",
  "sunset",
];

/** Up to 16 local days from today on. */
export async function openMeteoDailyRows(
  openMeteo: OpenMeteo,
  place: { latitude: number; longitude: number; timezone: string },
  scope: CallScope,
): Promise<{ rows: DailyRow[]; fetched: Fetched<unknown> }> {
  const fetched = await openMeteo.get(
    "open-meteo",
    {
      latitude: place.latitude,
      longitude: place.longitude,
      daily: VARIABLES.join(","),
      timezone: place.timezone,
      forecast_days: OPEN_METEO_MAX_DAYS,
    },
    { ttlMs: 30 * 60_000, staleMs: 6 * 3_600_000 },
    scope,
  );
  return { rows: toRows(fetched.value), fetched };
}

function toRows(answer: OpenMeteoAnswer): DailyRow[] {
  const { timeS, values } = answer.daily ?? { timeS: [], values: {} };
  const at = (name: string, index: number) => values[name]?.[index] ?? null;
  const instant = (name: string, index: number) => {
    const seconds = at(name, index);
    // 0 is how the service says that the sun does not rise or set on this day.
    return seconds ? seconds * 1_000 : null;
  };
  return timeS.map((seconds, index) => ({
    // A day's time is its local midnight in the offset that holds now, so adding that offset gives the date.
    date: formatUtcDate((seconds + answer.utcOffsetS) * 1_000),
    highC: at("temperature_2m_max", index),
    lowC: at("temperature_2m_min", index),
    feelsLikeHighC: at("apparent_temperature_max", index),
    precipProbabilityPct: at("precipitation_probability_max", index),
    rainMm: at("precipitation_sum", index),
    snowCm: at("snowfall_sum", index),
    windMaxKmh: at("wind_speed_10m_max", index),
    gustKmh: at("wind_gusts_10m_max", index),
    windDirectionDeg: at("wind_direction_10m_dominant", index),
    uvIndex: at("uv_index_max", index),
    condition: conditionOf(at("weather_code", index)),
    detail: null,
    sunriseMs: instant("sunrise", index),
    sunsetMs: instant("sunset", index),
    source: "open-meteo",
  }));
}
