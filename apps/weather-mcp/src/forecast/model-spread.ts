import type { Place } from "../location/place.ts";
import { formatUtcDate } from "../time/calendar.ts";
import type { CallScope } from "../upstream/call-scope.ts";
import type { OpenMeteo } from "../upstream/open-meteo.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import { maxOf, minOf } from "./daily-rows.ts";

/** Three models that are run by different centres. */
export const MODELS = [
  { name: "ecmwf", id: "ecmwf_ifs025" },
  { name: "gfs", id: "gfs_seamless" },
  { name: "icon", id: "icon_seamless" },
] as const;

export interface ModelDay {
  readonly date: string;
  /** In the order of MODELS. */
  readonly models: readonly {
    readonly highC: number | null;
    readonly lowC: number | null;
    readonly rainMm: number | null;
  }[];
}

/** Seven days of all three, in one request. */
export async function modelDays(
  openMeteo: OpenMeteo,
  { latitude, longitude, timezone }: Place,
  scope: CallScope,
): Promise<{ rows: ModelDay[]; fetched: Fetched<unknown> }> {
  const query = {
    latitude,
    longitude,
    daily: "temperature_2m_max,temperature_2m_min,precipitation_sum",
    models: MODELS.map(({ id }) => id).join(","),
    timezone,
    forecast_days: 7,
  };
  const fetched = await openMeteo.get("open-meteo", query, { ttlMs: 30 * 60_000, staleMs: 6 * 3_600_000 }, scope);
  const { timeS, values } = fetched.value.daily ?? { timeS: [], values: {} };
  const rows = timeS.map((seconds, index) => {
    const at = (variable: string, model: string) => values[`${variable}_${model}`]?.[index] ?? null;
    return {
      date: formatUtcDate((seconds + fetched.value.utcOffsetS) * 1_000),
      models: MODELS.map(({ id }) => ({
        highC: at("temperature_2m_max", id),
        lowC: at("temperature_2m_min", id),
        rainMm: at("precipitation_sum", id),
      })),
    };
  });
  return { rows, fetched };
}

/** How well the models agree on a day: by the spread of their highs, and by whether all or none have rain. */
export function agreementOf({ models }: ModelDay): "good" | "fair" | "poor" | "unknown" {
  const highs = models.map(({ highC }) => highC);
  const [warmest, coolest] = [maxOf(highs), minOf(highs)];
  if (warmest === null || coolest === null || highs.filter((value) => value !== null).length < 2) return "unknown";
  const spreadC = warmest - coolest;
  const rain = models.map(({ rainMm }) => rainMm).filter((value) => value !== null);
  const split = rain.some((mm) => mm >= 1) && rain.some((mm) => mm < 0.2);
  if (spreadC > 5 || (split && spreadC > 3)) return "poor";
  return spreadC > 2.5 || split ? "fair" : "good";
}
