import * as z from "zod/v4";
import { distanceKm } from "../location/distance.ts";
import { locate } from "../location/locate.ts";
import { answerShape, tableSchema } from "../output/answer.ts";
import { integerOrNull } from "../output/or-null.ts";
import { tableAnswer } from "../output/table-answer.ts";
import { formatUtcDate } from "../time/calendar.ts";
import { NCEI_ATTRIBUTION } from "../upstream/ncei.ts";
import { locationInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

export const findStations = defineTool({
  name: "find_stations",
  title: "Find record stations",
  description:
    "Weather stations with daily temperature records (GHCN) near a place, nearest first, with the years they cover. Their ids go into get_historical_weather.",
  input: z.strictObject({ ...locationInput, limit: z.int().min(1).max(50).default(10) }),
  output: z.object({
    ...answerShape,
    table: tableSchema,
    total_available: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
  }),
  async run({ limit, ...where }, { services, scope, nowMs }) {
    const located = await locate(where, services, scope);
    const span = { from: "1940-01-01", to: formatUtcDate(nowMs) };
    const near = await services.ncei.stationsNear(located.place, span, scope);
    const stations = near.value
      .map((station) => ({ ...station, km: Math.round(distanceKm(station, located.place) * 10) / 10 }))
      .sort((a, b) => a.km - b.km)
      .slice(0, limit);
    const [nearest] = stations;
    return tableAnswer({
      located,
      title: "Record stations",
      provenance: { source: "ncei", fetched: [near], attribution: NCEI_ATTRIBUTION },
      warnings: [...located.warnings, ...(nearest ? [] : ["No station within about 50 km."])],
      nowMs,
      system: "metric",
      columns: [
        { name: "id", values: stations.map(({ id }) => id) },
        { name: "name", values: stations.map(({ name }) => name) },
        { name: "distance_km", values: stations.map(({ km }) => km) },
        { name: "latitude", values: stations.map(({ latitude }) => latitude) },
        { name: "longitude", values: stations.map(({ longitude }) => longitude) },
        { name: "from", values: stations.map(({ temperatureFrom }) => temperatureFrom) },
        { name: "to", values: stations.map(({ temperatureTo }) => temperatureTo) },
        { name: "coverage", quantity: "percent", values: stations.map(({ coveragePct }) => coveragePct) },
      ],
      offset: 0,
      tableKey: "table",
      totalKey: "total_available",
      extra: {},
      extraUnits: { distance_km: "km" },
      summarize: () =>
        nearest
          ? `The nearest station is ${nearest.id}${nearest.name === null ? "" : ` ${nearest.name}`}, ${nearest.km} km away.`
          : "No station was found.",
    });
  },
});
