import { nwsTime } from "./nws-time.ts";

interface AlertKind {
  readonly event: string;
  readonly severity: string;
  readonly hours: number | null;
}

/** Alerts by state. No other state has any. */
const ALERTS: Readonly<Record<string, readonly AlertKind[]>> = {
  TX: [
    { event: "Heat Advisory", severity: "Moderate", hours: 20 },
    { event: "Tornado Warning", severity: "Extreme", hours: 1 },
    { event: "Special Weather Statement", severity: "Unknown", hours: null },
  ],
  FL: Array.from({ length: 60 }, (_, index) => ({
    event: index % 3 === 0 ? "Flood Warning" : "Rip Current Statement",
    severity: index % 3 === 0 ? "Severe" : "Minor",
    hours: 12 + index,
  })),
};

/** Each office writes the time of its own zone. */
const OFFICE_ZONES: Readonly<Record<string, string>> = { TX: "America/Chicago", FL: "America/New_York" };

export function alertsBody(state: string, nowMs: number): unknown {
  return {
    type: "FeatureCollection",
    title: "Current watches, warnings, and advisories",
    updated: nwsTime(nowMs, "UTC"),
    features: (ALERTS[state] ?? []).map((kind, index) => feature(kind, state, index, nowMs)),
  };
}

function feature(kind: AlertKind, state: string, index: number, nowMs: number): unknown {
  const time = (unixMs: number) => nwsTime(unixMs, OFFICE_ZONES[state] ?? "UTC");
  const id = `urn:oid:2.49.0.1.840.0.fixture${state}${index}.001.1`;
  return {
    id: `https://api.weather.gov/alerts/${id}`,
    type: "Feature",
    geometry: null,
    properties: {
      id,
      areaDesc: `Fixture County ${index}, ${state}`,
      geocode: { UGC: [`${state}Z001`] },
      sent: time(nowMs - 3_600_000),
      effective: time(nowMs - 3_600_000),
      onset: time(nowMs - 1_800_000),
      // When the message is renewed, which is not when the danger ends.
      expires: time(nowMs + 1_800_000),
      ends: kind.hours === null ? null : time(nowMs + kind.hours * 3_600_000),
      status: "Actual",
      messageType: index === 0 ? "Alert" : "Update",
      severity: kind.severity,
      certainty: "Likely",
      urgency: "Expected",
      event: kind.event,
      senderName: "NWS Fixture",
      headline: `${kind.event} issued by NWS Fixture`,
      description: `* WHAT...${kind.event} in the fixture.\n\n* WHERE...Fixture County.\n\n* WHEN...Until it ends. ${"More words. ".repeat(60)}`,
      instruction: `Follow the advice of local officials. ${"Stay informed. ".repeat(20)}`,
      response: "Execute",
    },
  };
}
