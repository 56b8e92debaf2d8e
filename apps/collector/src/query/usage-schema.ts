import { type Static, Type } from "typebox";
import { INTERVALS, RANGE_NAMES } from "./usage-window.ts";

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const instantMs = Type.Integer({ description: "Unix milliseconds." });

/**
 * Calls of some span: how many worked, how many did not, and how many different tools they went to; the names
 * that stand for no tool or for several are not counted among those.
 */
export const TotalsSchema = Type.Object({ succeeded: count, failed: count, tools: count }, closed);
export type Totals = Static<typeof TotalsSchema>;

export const SlotSchema = Type.Object(
  { startAt: instantMs, endAt: instantMs, succeeded: count, failed: count },
  closed,
);
export type Slot = Static<typeof SlotSchema>;

export const ToolUsageSchema = Type.Object(
  {
    name: Type.String(),
    succeeded: count,
    failed: count,
    lastUsedAt: instantMs,
  },
  closed,
);
export type ToolUsage = Static<typeof ToolUsageSchema>;

export const ErrorUsageSchema = Type.Object(
  {
    errorType: Type.Union([Type.String(), Type.Null()], { description: "null: the failure came without a type." }),
    calls: count,
    tools: Type.Array(Type.Object({ name: Type.String(), calls: count }, closed), {
      description: "Where it happened, most calls first.",
    }),
  },
  closed,
);
export type ErrorUsage = Static<typeof ErrorUsageSchema>;

/** Query string of `GET /api/v1/usage`. */
export const UsageQuerySchema = Type.Object(
  {
    range: Type.Optional(Type.Enum(RANGE_NAMES)),
    interval: Type.Optional(Type.Enum(INTERVALS)),
    tz: Type.Optional(
      Type.String({ pattern: "^[A-Za-z0-9_+/-]{1,64}$", description: "IANA time zone; UTC if absent." }),
    ),
  },
  closed,
);

/** Answer of `GET /api/v1/usage`: everything that the first screen shows. */
export const UsageOverviewSchema = Type.Object(
  {
    range: Type.Enum(RANGE_NAMES, { description: "As asked, or the longest of `ranges` if that one is not kept." }),
    ranges: Type.Array(Type.Enum(RANGE_NAMES), { description: "Ranges whose events are all kept, shortest first." }),
    interval: Type.Enum(INTERVALS),
    timeZone: Type.String(),
    now: instantMs,
    rawRetentionDays: Type.Integer({ minimum: 1, description: "Days that events are kept." }),
    /** Whether the project has ever received an event; false is what a newcomer sees. */
    everUsed: Type.Boolean(),
    totals: TotalsSchema,
    comparison: Type.Union([Type.Object({ current: TotalsSchema, previous: TotalsSchema }, closed), Type.Null()], {
      description:
        "Finished intervals of the range, and the same intervals of the period before; null: its events are not all kept.",
    }),
    series: Type.Array(SlotSchema, {
      description: "Every interval of the range, oldest first; `now` lies in the last.",
    }),
    previousSeries: Type.Array(SlotSchema, {
      description: "The period before, one to one with `series`; empty without a comparison.",
    }),
    tools: Type.Array(ToolUsageSchema, { description: "Most calls first." }),
    errors: Type.Array(ErrorUsageSchema, { description: "Most calls first." }),
  },
  closed,
);
export type UsageOverview = Static<typeof UsageOverviewSchema>;
