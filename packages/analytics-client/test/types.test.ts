import type * as schema from "@org/mcp-analytics-schema";
import { expectTypeOf, test } from "vitest";
import type { Origin, Software } from "../src/queue/origin.ts";
import type { RecordedEvent } from "../src/testing.ts";
import type { ErrorCategory, Level } from "../src/types.ts";

/** The public types stand on their own, so that they need no other package; these keep them equal to the contract. */
test("public types are those of the schema", () => {
  expectTypeOf<Level>().toEqualTypeOf<schema.Level>();
  expectTypeOf<ErrorCategory>().toEqualTypeOf<schema.ErrorCategory>();
  expectTypeOf<Software>().toExtend<schema.Software>();
  expectTypeOf<NonNullable<Origin["client"]>>().toEqualTypeOf<schema.ClientName>();
  expectTypeOf<schema.Event>().toExtend<RecordedEvent>();
  expectTypeOf<keyof RecordedEvent>().toEqualTypeOf<"errorType" | keyof schema.Event>();
});
