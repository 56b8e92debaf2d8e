import * as z from "zod/v4";
import { invalidInput, WeatherError } from "../errors/weather-error.ts";
import { locate } from "../location/locate.ts";
import { ALERT_AREAS, isUnitedStates } from "../location/regions.ts";
import { alertMember, alertSchema, alertText, SEVERITIES, severityRank } from "../output/alert.ts";
import { frameText, provenanceMembers, provenanceShape } from "../output/answer.ts";
import { type Answer, fitRows } from "../output/fit-rows.ts";
import { integerOrNull } from "../output/or-null.ts";
import { pastEndWarnings } from "../output/past-end.ts";
import { NWS_ATTRIBUTION } from "../upstream/nws.ts";
import type { NwsAlert } from "../upstream/nws-decode.ts";
import type { Fetched } from "../upstream/upstream-client.ts";
import { locationInput, offsetInput } from "./inputs.ts";
import { defineTool, type ToolCall } from "./tool.ts";

const NO_COVERAGE =
  "Official alerts are known here for the United States only. This says nothing about dangers at this place: ask its national weather service.";

/** Whose alerts are wanted, and the zone in which times are told; null for a state, which may have several. */
interface Area {
  readonly name: string;
  readonly zone: string | null;
  readonly where: { latitude: number; longitude: number } | { area: string };
  readonly abroad: boolean;
  readonly warnings: readonly string[];
}

export const getAlerts = defineTool({
  name: "get_alerts",
  title: "Active weather alerts",
  description:
    'Active official US watches, warnings and advisories for a place or a whole state. Outside the US it answers coverage "none", which does not mean that it is safe.',
  input: z.strictObject({
    ...locationInput,
    state: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .describe("US state, territory or marine area, instead of a place")
      .optional(),
    min_severity: z.enum(SEVERITIES).describe("Unknown is kept").optional(),
    limit: z.int().min(1).max(50).default(10),
    ...offsetInput,
  }),
  output: z.object({
    ...provenanceShape,
    coverage: z.enum(["nws", "none"]),
    area: z.string(),
    as_of: z.string(),
    total: z.int(),
    returned: z.int(),
    truncated: z.boolean(),
    next_offset: integerOrNull,
    alerts: z.array(alertSchema),
  }),
  async run(input, call) {
    const area = await areaOf(input, call);
    const fetched = area.abroad ? null : await activeAlerts(area, call);
    if (!fetched) return answer(area, null, input, call);
    const least = input.min_severity === undefined ? 0 : severityRank(input.min_severity);
    const wanted = fetched.value.filter(({ severity }) => severity === "Unknown" || severityRank(severity) >= least);
    const sorted = [...wanted].sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
    return answer(area, { ...fetched, value: sorted }, input, call);
  },
});

interface Page {
  readonly limit: number;
  readonly offset: number;
}

async function areaOf(
  input: {
    state?: string | undefined;
    location?: string | undefined;
    latitude?: number | undefined;
    longitude?: number | undefined;
  },
  { services, scope }: ToolCall,
): Promise<Area> {
  if (input.state === undefined) {
    const { place, warnings } = await locate(input, services, scope);
    const { latitude, longitude, countryCode } = place;
    const abroad = countryCode !== null && !isUnitedStates(countryCode);
    return { name: place.name, zone: place.timezone, where: { latitude, longitude }, abroad, warnings };
  }
  if (input.location !== undefined || input.latitude !== undefined || input.longitude !== undefined) {
    throw invalidInput("state", "given beside a place", "Give either a state or a place.");
  }
  if (!ALERT_AREAS.has(input.state)) {
    throw invalidInput(
      "state",
      `${input.state} is no state, territory or marine area`,
      'Give a code such as "TX" or "PR".',
    );
  }
  return { name: input.state, zone: null, where: { area: input.state }, abroad: false, warnings: [] };
}

/** null where the service has no say; any other failure is an error, never an empty list. */
async function activeAlerts(area: Area, { services, scope }: ToolCall): Promise<Fetched<readonly NwsAlert[]> | null> {
  try {
    return await services.nws.alerts(area.where, scope);
  } catch (error) {
    if (error instanceof WeatherError && error.reason === "not_covered") return null;
    throw error;
  }
}

function answer(
  area: Area,
  fetched: Fetched<readonly NwsAlert[]> | null,
  { limit, offset }: Page,
  { nowMs }: ToolCall,
): Answer {
  const all = (fetched?.value ?? []).map((alert) => alertMember(alert, area.zone));
  const wanted = Math.max(0, Math.min(limit, all.length - offset));
  return fitRows(wanted, (count) => {
    const alerts = all.slice(offset, offset + count);
    const next = offset + count < all.length ? offset + count : null;
    const cut = count < wanted ? [`Cut to ${count} alerts for size; go on with offset ${next}.`] : [];
    const members = provenanceMembers(
      {
        provenance: {
          source: fetched ? "nws" : "none",
          fetched: fetched ? [fetched] : [],
          attribution: fetched ? NWS_ATTRIBUTION : "No service has official alerts for this place here",
        },
        units: {},
        warnings: [...area.warnings, ...(fetched ? [] : [NO_COVERAGE]), ...pastEndWarnings(offset, all.length), ...cut],
        summaryText: summaryOf(area, fetched !== null, all),
      },
      area.zone ?? "UTC",
      nowMs,
    );
    return {
      structured: {
        ...members,
        coverage: fetched ? "nws" : "none",
        area: area.name,
        as_of: members.fetched_at,
        total: all.length,
        returned: alerts.length,
        truncated: count < wanted,
        next_offset: next,
        alerts,
      },
      text: frameText(`Alerts: ${area.name}`, members, [
        `total ${all.length}, shown ${alerts.length} from ${offset}${next === null ? "" : `, next_offset ${next}`}`,
        ...alerts.map(alertText),
      ]),
    };
  });
}

function summaryOf(area: Area, covered: boolean, alerts: readonly { event: string; severity: string }[]): string {
  if (!covered) return `No official alerts are available for ${area.name}.`;
  const [worst] = alerts;
  if (!worst) return `No active alerts for ${area.name}: the National Weather Service was asked and has none.`;
  return `${alerts.length} active alert(s) for ${area.name}; the most severe: ${worst.event} (${worst.severity}).`;
}
