import * as z from "zod/v4";

const none = z.null().describe("none");

/**
 * A value, or null for what is not known. The null is described, because zod joins bare types to a list
 * (`"type": ["string", "null"]`), which clients with a narrower dialect of JSON Schema refuse.
 */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, none]);
}

export const stringOrNull = orNull(z.string());
export const numberOrNull = orNull(z.number());
export const integerOrNull = orNull(z.int());
/** What a table may hold. */
export const cell = z.union([z.string(), z.number(), none]);
