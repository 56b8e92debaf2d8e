import * as z from "zod/v4";
import { invalidInput, WeatherError } from "../errors/weather-error.ts";
import { type Located, locate, unitSystemOf } from "../location/locate.ts";
import { archiveNormals } from "../normals/archive-normals.ts";
import { findActual } from "../normals/find-actual.ts";
import { type Actual, type ClimateValues, type Normals, type Period, periodOf } from "../normals/normals.ts";
import { stationNormals } from "../normals/station-normals.ts";
import { answerShape, frameText, locationMember, placeText, provenanceMembers } from "../output/answer.ts";
import { type Measures, measuresSchema, measuresText, showMeasures, unitsOfMeasures } from "../output/measures.ts";
import { orNull, stringOrNull } from "../output/or-null.ts";
import { utcMidnight } from "../time/calendar.ts";
import { localDate } from "../time/zone.ts";
import { NCEI_ATTRIBUTION } from "../upstream/ncei.ts";
import { OPEN_METEO_ATTRIBUTION } from "../upstream/open-meteo.ts";
import { locationInput, unitsInput } from "./inputs.ts";
import { defineTool, type ToolCall } from "./tool.ts";

export const compareToNormal = defineTool({
  name: "compare_to_normal",
  title: "Compare with climate normals",
  description:
    "Is it unusual? 1991-2020 normals for a place and a day or month, and how the weather then (past, today or forecast) differs from them.",
  input: z.strictObject({
    ...locationInput,
    date: z
      .string()
      .regex(/^\d{4}-\d{2}(-\d{2})?$/)
      .describe("YYYY-MM-DD or YYYY-MM; default today")
      .optional(),
    ...unitsInput,
  }),
  output: z.object({
    ...answerShape,
    period: z.string(),
    normal: measuresSchema,
    actual: orNull(measuresSchema),
    actual_kind: orNull(z.enum(["station", "reanalysis", "forecast"])),
    departure: orNull(measuresSchema),
    rank_note: stringOrNull,
    baseline: z.string(),
  }),
  async run(input, call) {
    const { services, scope, nowMs } = call;
    const located = await locate(input, services, scope);
    const period = checkPeriod(input.date ?? localDate(nowMs, located.place.timezone));
    const { normals, fallback } = await findNormals(period, located, call);
    const actual = await findActual(period, located, normals.stationId, services, scope);
    const system = unitSystemOf(input.units, located, services);
    const normal = measuresOf(normals.values);
    const shown = showMeasures(normal, system);
    const seen = actual && showMeasures(measuresOf(actual.values), system);
    const apart = seen && differences(seen, shown);
    const units = unitsOfMeasures(normal, system);
    const rank = rankNote(normals, actual?.values.tempMaxC ?? null);
    const members = provenanceMembers(
      {
        provenance: {
          source: normals.source,
          fallbackFrom: fallback ? "ncei" : null,
          fetched: [normals.fetched, ...(actual?.fetched ?? [])],
          attribution: creditsOf(normals.source === "ncei" ? NCEI_ATTRIBUTION : OPEN_METEO_ATTRIBUTION, actual),
        },
        units,
        warnings: [
          ...located.warnings,
          ...(fallback ? [`${fallback.message} These are means of reanalysis instead.`] : []),
          ...(actual?.warnings ?? []),
          ...(actual ? [] : ["There is nothing to compare with yet: the period is not over, or too far ahead."]),
        ],
        summaryText: summaryOf(period, shown, seen, apart, units),
      },
      located.place.timezone,
      nowMs,
    );
    const kind = actual?.kind ?? null;
    return {
      structured: {
        ...members,
        location: locationMember(located),
        period: period.text,
        normal: shown,
        actual: seen,
        actual_kind: kind,
        departure: apart,
        rank_note: rank,
        baseline: normals.baseline,
      },
      text: frameText(`Compared with normal, ${period.text}: ${placeText(located)}`, members, [
        `normal: ${measuresText(shown)} (${normals.baseline})`,
        ...(seen && apart ? [`actual (${kind}): ${measuresText(seen)}`, `departure: ${measuresText(apart)}`] : []),
        ...(rank ? [rank] : []),
      ]),
    };
  },
});

function checkPeriod(text: string): Period {
  const day = text.length === 7 ? `${text}-01` : text;
  if (utcMidnight(day) === undefined || text < "1940" || text > "2100") {
    throw invalidInput("date", `${text} is no date of the calendar from 1940 on`, "Give YYYY-MM-DD or YYYY-MM.");
  }
  return periodOf(text);
}

async function findNormals(
  period: Period,
  { place, inUs }: Located,
  { services, scope }: ToolCall,
): Promise<{ normals: Normals; fallback: WeatherError | null }> {
  let fallback: WeatherError | null = null;
  if (inUs) {
    try {
      return { normals: await stationNormals(services.ncei, place, period, scope), fallback };
    } catch (error) {
      if (scope.signal.aborted || !(error instanceof WeatherError)) throw error;
      fallback = error;
    }
  }
  return { normals: await archiveNormals(services.openMeteo, place, period, scope), fallback };
}

type Shown = Readonly<Record<string, number | null>>;

function measuresOf(values: ClimateValues): Measures {
  return {
    temp_max: ["temperature", values.tempMaxC],
    temp_min: ["temperature", values.tempMinC],
    temp_mean: ["temperature", values.tempMeanC],
    precip: ["precipitation", values.precipMm],
  };
}

/** Of the values as they are shown, so that the numbers of an answer add up. */
function differences(actual: Shown, normal: Shown): Shown {
  return Object.fromEntries(
    Object.entries(normal).map(([field, usual]) => {
      const seen = actual[field] ?? null;
      return [field, seen === null || usual === null ? null : Math.round((seen - usual) * 100) / 100 + 0];
    }),
  );
}

function rankNote({ highsC }: Normals, highC: number | null): string | null {
  if (highC === null || highsC.length === 0) return null;
  const cooler = highsC.filter((value) => value < highC).length;
  return `Warmer than ${Math.round((100 * cooler) / highsC.length)}% of the days within a week of this date in 1991-2020.`;
}

/** Everyone whose data are in the answer, once each. */
function creditsOf(ofNormals: string, actual: Actual | null): string {
  const credits = [ofNormals, ...(actual?.attribution.split("; ") ?? [])];
  return [...new Set(credits)].join("; ");
}

function summaryOf(
  period: Period,
  normal: Shown,
  seen: Shown | null,
  apart: Shown | null,
  units: Readonly<Record<string, string>>,
): string {
  const usual = `The normal high for ${period.text} is ${normal.temp_max ?? "unknown"} ${units.temp_max}`;
  const difference = apart?.temp_max ?? null;
  if (difference === null) return `${usual}.`;
  const high = `${usual}; this one's is ${seen?.temp_max} ${units.temp_max}`;
  if (difference === 0) return `${high}, exactly normal.`;
  return `${high}, ${Math.abs(difference)} ${units.temp_max} ${difference > 0 ? "above" : "below"} normal.`;
}
