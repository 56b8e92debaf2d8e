/** Readers of parsed JSON from outside. Each throws a TypeError when the value is not what it must be. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("not an object");
  return value as JsonObject;
}

export function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not an array");
  return value;
}

export function asString(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a string");
  return value;
}

export function asNumber(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("not a number");
  return value;
}

/** A number, or null for anything else: what is missing stays missing. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A string that says something, or null. */
export function stringOrNull(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** Attributes of NOAA's daily records are "measurement flag,quality flag,source,time"; any quality flag is a failed check. */
export function failedQualityControl(attributes: unknown): boolean {
  return typeof attributes === "string" && (attributes.split(",")[1] ?? "").trim() !== "";
}

/** A number that NCEI writes as a padded string ("   82"); null for anything that is not one. */
export function paddedNumberOrNull(value: unknown): number | null {
  if (typeof value === "number") return numberOrNull(value);
  if (typeof value !== "string" || value.trim() === "") return null;
  return numberOrNull(Number(value.trim()));
}
