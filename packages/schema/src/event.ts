import { type Static, Type } from "typebox";
import { ERROR_TYPE_PATTERN, TOOL_PATTERN } from "./grammar.ts";
import { MAX_DURATION_MS } from "./limits.ts";

const common = {
  tool: Type.String({ pattern: TOOL_PATTERN, description: "Registered name of the tool, never what was asked of it." }),
  timestamp: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "When the call ended: Unix milliseconds, at most 60 s old and 1 s ahead of the collector's clock.",
  }),
  durationMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_DURATION_MS,
      description: "How long the call took; level `standard` only.",
    }),
  ),
};

const closed = { additionalProperties: false } as const;

/** One finished tool call. `errorType` exists only where `success` is false. */
export const EventSchema = Type.Union([
  Type.Object({ ...common, success: Type.Literal(true) }, closed),
  Type.Object(
    {
      ...common,
      success: Type.Literal(false),
      errorType: Type.Optional(
        Type.String({ pattern: ERROR_TYPE_PATTERN, description: "Category of the failure, from a closed list." }),
      ),
    },
    closed,
  ),
]);
export type Event = Static<typeof EventSchema>;
