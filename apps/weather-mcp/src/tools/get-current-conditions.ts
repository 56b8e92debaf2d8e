import * as z from "zod/v4";
import { type CurrentConditions, currentConditions } from "../conditions/current-conditions.ts";
import { alertsText, countAlerts } from "../forecast/forecast-source.ts";
import { locate, unitSystemOf } from "../location/locate.ts";
import { answerShape, frameText, locationMember, placeText, provenanceMembers } from "../output/answer.ts";
import { type Measures, measuresText, showMeasures, unitsOfMeasures } from "../output/measures.ts";
import { integerOrNull, numberOrNull, orNull, stringOrNull } from "../output/or-null.ts";
import { formatLocal } from "../time/zone.ts";
import { NWS_ATTRIBUTION } from "../upstream/nws.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import { locationInput, unitsInput } from "./inputs.ts";
import { defineTool } from "./tool.ts";

export const getCurrentConditions = defineTool({
  name: "get_current_conditions",
  title: "Current conditions",
  description:
    "Latest weather at a place. US: nearest reporting NWS station, with its distance and age; elsewhere, or when stations are silent, a model analysis by Open-Meteo. Says which.",
  input: z.strictObject({
    ...locationInput,
    ...unitsInput,
    source: z.enum(["auto", "nws", "open-meteo"]).default("auto"),
  }),
  output: z.object({
    ...answerShape,
    kind: z.enum(["observation", "model"]),
    observed_at: z.string(),
    station: orNull(z.object({ id: z.string(), name: stringOrNull, distance_km: numberOrNull })),
    condition: stringOrNull,
    temperature: numberOrNull,
    feels_like: numberOrNull,
    dewpoint: numberOrNull,
    humidity: numberOrNull,
    wind_speed: numberOrNull,
    wind_gust: numberOrNull,
    wind_direction: numberOrNull,
    pressure_msl: numberOrNull,
    visibility: numberOrNull,
    cloud_cover: numberOrNull,
    precip_last_hour: numberOrNull,
    uv_index: numberOrNull,
    derived: z.array(z.string()),
    active_alerts: integerOrNull,
  }),
  async run(input, { services, scope, nowMs }) {
    const located = await locate(input, services, scope);
    const system = unitSystemOf(input.units, located, services);
    const alerts = countAlerts(located, services, scope);
    // It is awaited below; a failure before that must not leave it unobserved.
    alerts.catch(() => {});
    const {
      value: now,
      source,
      fallbackFrom,
      warnings,
    } = await currentConditions(located, input.source, services, scope);
    const { count, warning } = await alerts;
    const zone = located.place.timezone;
    const measures = measuresOf(now);
    const shown = showMeasures(measures, system);
    const units = unitsOfMeasures(measures, system);
    const members = provenanceMembers(
      {
        provenance: {
          source,
          fallbackFrom,
          issuedAtMs: now.observedAtMs,
          fetched: [now.fetched],
          attribution: source === "nws" ? NWS_ATTRIBUTION : OPEN_METEO_ATTRIBUTION,
        },
        units,
        warnings: [...(warning ? [warning] : []), ...located.warnings, ...warnings],
        summaryText: summaryOf(now.condition, shown, units),
      },
      zone,
      nowMs,
    );
    const station = now.station && {
      id: now.station.id,
      name: now.station.name,
      distance_km: now.station.distanceKm,
    };
    const derived = now.derived.length > 0 ? [`Worked out, not measured: ${now.derived.join(", ")}`] : [];
    return {
      structured: {
        ...members,
        location: locationMember(located),
        kind: now.kind,
        observed_at: formatLocal(now.observedAtMs, zone),
        station,
        condition: now.condition,
        ...shown,
        derived: now.derived,
        active_alerts: count,
      },
      text: frameText(
        `Now: ${placeText(located)}`,
        members,
        [whereFrom(now), measuresText(shown), ...derived, ...(located.inUs ? [alertsText(count)] : [])],
        "as of",
      ),
    };
  },
});

function summaryOf(
  condition: string | null,
  shown: Readonly<Record<string, number | null>>,
  units: Readonly<Record<string, string>>,
): string {
  const known = (label: string, field: string) =>
    shown[field] === null ? [] : [`${label}${shown[field]}${units[field] === "%" ? "" : " "}${units[field]}`];
  const temperature = shown.temperature === null ? ["temperature unknown"] : known("", "temperature");
  const rest = [
    ...known("feels like ", "feels_like"),
    ...known("wind ", "wind_speed"),
    ...known("humidity ", "humidity"),
  ];
  return `${[...(condition === null ? [] : [condition]), ...temperature, ...rest].join(", ")}.`;
}

function measuresOf(now: CurrentConditions): Measures {
  return {
    temperature: ["temperature", now.temperatureC],
    feels_like: ["temperature", now.feelsLikeC],
    dewpoint: ["temperature", now.dewpointC],
    humidity: ["percent", now.humidityPct],
    wind_speed: ["speed", now.windKmh],
    wind_gust: ["speed", now.gustKmh],
    wind_direction: ["direction", now.windDirectionDeg],
    pressure_msl: ["pressure", now.pressureHpa],
    visibility: ["visibility", now.visibilityKm],
    cloud_cover: ["percent", now.cloudCoverPct],
    precip_last_hour: ["precipitation", now.precipLastHourMm],
    uv_index: ["uv_index", now.uvIndex],
  };
}

function whereFrom({ station }: CurrentConditions): string {
  if (!station) return "A model's analysis, not a measurement.";
  return `Measured at ${station.id} ${station.name ?? ""}, ${station.distanceKm} km away`;
}
