import * as z from "zod/v4";

/** A place, in either form. That one of them is given is checked by `locate`: a union here would empty the published schema. */
export const locationInput = {
  location: z
    .string()
    .min(2)
    .max(120)
    .describe('"Austin, TX", "Paris, FR", ZIP "10001" or "48.85,2.35". Or latitude + longitude.')
    .optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
};

export const unitsInput = {
  units: z.enum(["auto", "metric", "imperial"]).default("auto").describe("auto: imperial in the US"),
};

export const offsetInput = {
  offset: z.int().min(0).max(100_000).default(0).describe("from next_offset"),
};

export const calendarDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
