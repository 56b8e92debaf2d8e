import { offsetMinutes } from "../../src/time/zone.ts";

/** ISO 8601 with seconds and the offset of the zone, as the service writes times. */
export function nwsTime(unixMs: number, zone: string): string {
  const offset = offsetMinutes(unixMs, zone);
  const sign = offset < 0 ? "-" : "+";
  const two = (n: number) => String(n).padStart(2, "0");
  const wall = new Date(unixMs + offset * 60_000).toISOString().slice(0, 19);
  return `${wall}${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}
