import { MAX_EVENT_LEAD_MS } from "@org/mcp-analytics-schema/constants";

/** What a flush writes of one delivery. Names are ids by now, and texts are made before the flush, which others wait for. */
export interface FlushItem {
  readonly projectId: number;
  readonly keyId: number;
  readonly deliveryId: string | null;
  readonly receivedAt: number;
  readonly eventCount: number;
  /** `packEvent` of each event, with commas between. */
  readonly packed: string;
  /** Duration of each event in ms, or NULL, with commas between. undefined: no event has one, as at the default level. */
  readonly durations: string | undefined;
}

/** Decimal places of an id: smallints. */
const ID_DIGITS = 5;
/** A packed event is a bigint. */
const MAX_AGE_MS = 900_000_000;

/** Texts of ids, made at their first use. */
const idTexts: string[] = [];

/**
 * One number that PostgreSQL takes apart again: three columns would cost it more than the insert itself.
 *
 * @param ageMs of the event when it was received, at least -1 s and at most 10 days
 * @param errorId -1 or more
 * @returns `<ageMs + 1000><toolId><errorId + 1>`, both ids with five digits
 * @throws {RangeError}
 */
export function packEvent(ageMs: number, toolId: number, errorId: number): string {
  const shiftedMs = ageMs + MAX_EVENT_LEAD_MS;
  if (!(shiftedMs >= 0 && shiftedMs <= MAX_AGE_MS)) throw new RangeError("an event is too old or too new");
  return `${shiftedMs}${idText(toolId)}${idText(errorId + 1)}`;
}

/** SQL of what is packed in a bigint `p`: age in ms when it was received, tool, error. */
export const UNPACKED = {
  ageMs: `p / ${10 ** (2 * ID_DIGITS)} - ${MAX_EVENT_LEAD_MS}`,
  toolId: `(p / ${10 ** ID_DIGITS} % ${10 ** ID_DIGITS})::smallint`,
  errorId: `(p % ${10 ** ID_DIGITS} - 1)::smallint`,
} as const;

/** The same delivery with some of its events only. */
export function pickEvents(item: FlushItem, indexes: readonly number[]): FlushItem {
  const pick = (texts: string) => {
    const all = texts.split(",");
    return indexes.map((index) => all[index]).join(",");
  };
  return {
    ...item,
    eventCount: indexes.length,
    packed: pick(item.packed),
    durations: item.durations === undefined ? undefined : pick(item.durations),
  };
}

function idText(id: number): string {
  let text = idTexts[id];
  if (text === undefined) {
    text = String(id).padStart(ID_DIGITS, "0");
    idTexts[id] = text;
  }
  return text;
}
