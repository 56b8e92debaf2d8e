import * as z from "zod/v4";
import { formatLocal } from "../time/zone.ts";
import type { NwsAlert } from "../upstream/nws-decode.ts";
import { clip } from "./clip.ts";
import { stringOrNull } from "./or-null.ts";

/** From the least to the most severe; "Unknown" is outside of the order. */
export const SEVERITIES = ["Minor", "Moderate", "Severe", "Extreme"] as const;

/** 0 for an unknown severity. */
export function severityRank(severity: string): number {
  return (SEVERITIES as readonly string[]).indexOf(severity) + 1;
}

export const alertSchema = z.object({
  id: z.string(),
  event: z.string(),
  severity: z.string(),
  certainty: z.string(),
  urgency: z.string(),
  headline: stringOrNull,
  area: z.string(),
  onset: stringOrNull,
  /** End of the danger; null when it is not known. */
  ends: stringOrNull,
  /** When the message is to be renewed, which is not the end of the danger. */
  message_expires: stringOrNull,
  what: stringOrNull,
  instruction: stringOrNull,
  sender: stringOrNull,
  message_type: z.string(),
});
export type AlertMember = z.output<typeof alertSchema>;

/** `zone` null: times stay in that of the office that sent them, for a state may have several. */
export function alertMember(alert: NwsAlert, zone: string | null): AlertMember {
  const local = (time: string | null) => {
    const unixMs = Date.parse(time ?? "");
    if (time === null || Number.isNaN(unixMs)) return null;
    return zone === null ? withoutSeconds(time) : formatLocal(unixMs, zone);
  };
  return {
    id: alert.id,
    event: alert.event,
    severity: alert.severity,
    certainty: alert.certainty,
    urgency: alert.urgency,
    headline: clip(alert.headline, 200),
    area: clip(alert.area, 200),
    onset: local(alert.onset),
    ends: local(alert.ends),
    message_expires: local(alert.expires),
    what: clip(alert.description, 400),
    instruction: clip(alert.instruction, 250),
    sender: alert.sender,
    message_type: alert.messageType,
  };
}

function withoutSeconds(time: string): string {
  return time.replace(/(T\d{2}:\d{2}):\d{2}(?:\.\d+)?/, "$1");
}

export function alertText(alert: AlertMember): string {
  const known = (label: string, value: string | null) => (value === null ? [] : [`${label} ${value}`]);
  return [
    `* ${alert.event} (severity ${alert.severity}, certainty ${alert.certainty}, urgency ${alert.urgency}) for ${alert.area}`,
    [
      ...known("onset", alert.onset),
      ...known("ends", alert.ends),
      ...known("message renewed by", alert.message_expires),
    ].join(", "),
    ...known("Headline:", alert.headline),
    ...known("What:", alert.what),
    ...known("Do:", alert.instruction),
    `${alert.message_type} by ${alert.sender ?? "unknown"}, id ${alert.id}`,
  ]
    .filter((line) => line !== "")
    .join("\n  ");
}
