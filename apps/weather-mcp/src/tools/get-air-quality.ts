import * as z from "zod/v4";
import { dominantPollutant, POLLUTANTS, usAqiCategory } from "../air/us-aqi.ts";
import { locate } from "../location/locate.ts";
import { answerShape, tableSchema } from "../output/answer.ts";
import { type Measures, measuresSchema, measuresText, showMeasures, unitsOfMeasures } from "../output/measures.ts";
import { integerOrNull, stringOrNull } from "../output/or-null.ts";
import type { Column } from "../output/table.ts";
import { tableAnswer } from "../output/table-answer.ts";
import type { Quantity } from "../output/units.ts";
import { formatLocal } from "../time/zone.ts";
import { OPEN_METEO_ATTRIBUTION, type OpenMeteoAnswer } from "../upstream/open-meteo.ts";
import { locationInput, offsetInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

const HOUR_MS = 3_600_000;
const INDICES = ["us_aqi", "european_aqi"];
const POLLEN = ["alder", "birch", "grass", "mugwort", "olive", "ragweed"].map((plant) => `${plant}_pollen`);
const HOURLY = [...INDICES, ...POLLUTANTS, "uv_index"];
const CURRENT = [...HOURLY, ...POLLUTANTS.map((pollutant) => `us_aqi_${pollutant}`), ...POLLEN];

export const getAirQuality = defineTool({
  name: "get_air_quality",
  title: "Air quality",
  description:
    "Air quality now and up to 5 days ahead, any place: US and European AQI, PM2.5, PM10, ozone, NO2, SO2, CO, UV; pollen in Europe only.",
  input: z.strictObject({
    ...locationInput,
    hours: z.int().min(0).max(120).default(0).describe("hours ahead; 0 = now only"),
    ...offsetInput,
  }),
  output: z.object({
    ...answerShape,
    observed_at: stringOrNull,
    current: measuresSchema,
    us_aqi_category: stringOrNull,
    dominant_pollutant: stringOrNull,
    hourly: tableSchema,
    total_available: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
  }),
  async run({ hours, offset, ...place }, { services, scope, nowMs }) {
    const located = await locate(place, services, scope);
    const { latitude, longitude, timezone } = located.place;
    const series = hours > 0 ? { hourly: HOURLY.join(","), forecast_days: 7 } : { forecast_days: 1 };
    const query = { latitude, longitude, current: CURRENT.join(","), timezone: "GMT", ...series };
    const cache = { ttlMs: 30 * 60_000, staleMs: 6 * HOUR_MS };
    const fetched = await services.openMeteo.get("open-meteo-air-quality", query, cache, scope);
    const { current } = fetched.value;
    const at = (name: string) => current?.values[name] ?? null;
    const measures = measuresOf(at);
    const shown = showMeasures(measures, "metric");
    const aqi = shown.us_aqi ?? null;
    const category = usAqiCategory(aqi);
    const observedAtMs = current ? current.timeS * 1_000 : null;
    const dominant = dominantPollutant((pollutant) => at(`us_aqi_${pollutant}`));
    return tableAnswer({
      located,
      title: "Air quality",
      provenance: {
        source: "open-meteo",
        issuedAtMs: observedAtMs,
        fetched: [fetched],
        attribution: `${OPEN_METEO_ATTRIBUTION}; CAMS ENSEMBLE and CAMS GLOBAL by Copernicus`,
      },
      warnings: [...located.warnings, ...(aqi === null ? ["No US air quality index is known for this place."] : [])],
      nowMs,
      system: "metric",
      columns: hourlyColumns(fetched.value, timezone, nowMs, hours),
      offset,
      tableKey: "hourly",
      totalKey: "total_available",
      extra: {
        observed_at: observedAtMs === null ? null : formatLocal(observedAtMs, timezone),
        current: shown,
        us_aqi_category: category,
        dominant_pollutant: dominant,
      },
      extraUnits: unitsOfMeasures(measures, "metric"),
      timeWord: "as of",
      bodyText: [measuresText(shown), `us_aqi_category ${category ?? "-"}, dominant_pollutant ${dominant ?? "-"}`],
      summarize: () => (aqi === null ? "The US air quality index is not known here." : `US AQI ${aqi}: ${category}.`),
    });
  },
});

function quantityOf(name: string): Quantity {
  if (INDICES.includes(name)) return "index";
  if (name === "uv_index") return "uv_index";
  return POLLEN.includes(name) ? "pollen" : "concentration";
}

/** Pollen is left out where no model has any; everything else is shown, null or not. */
function measuresOf(at: (name: string) => number | null): Measures {
  const pollen = POLLEN.filter((name) => at(name) !== null);
  return Object.fromEntries([...HOURLY, ...pollen].map((name) => [name, [quantityOf(name), at(name)] as const]));
}

function hourlyColumns({ hourly }: OpenMeteoAnswer, zone: string, nowMs: number, hours: number): Column[] {
  const { timeS, values } = hourly ?? { timeS: [], values: {} };
  const first = timeS.findIndex((seconds) => seconds * 1_000 + HOUR_MS > nowMs);
  const [from, to] = first < 0 ? [0, 0] : [first, first + hours];
  return [
    { name: "time", values: timeS.slice(from, to).map((seconds) => formatLocal(seconds * 1_000, zone)) },
    ...HOURLY.map((name) => ({
      name,
      quantity: quantityOf(name),
      values: values[name]?.slice(from, to) ?? timeS.slice(from, to).map(() => null),
      expected: hours > 0 && name === "us_aqi",
    })),
  ];
}
