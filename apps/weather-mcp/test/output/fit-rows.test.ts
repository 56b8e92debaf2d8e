import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitRows, MAX_STRUCTURED_CHARS, MAX_TEXT_CHARS } from "../../src/output/fit-rows.ts";

describe("fitRows", () => {
  test("as many rows as both caps allow, and not one more", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        (rows, json, text) => {
          const build = (count: number) => ({
            structured: { rows: Array.from({ length: count }, () => "j".repeat(json)), count },
            text: "t".repeat(text * count),
          });
          const answer = fitRows(rows, build);
          const size = ({ structured, text: shown }: ReturnType<typeof build>) =>
            JSON.stringify(structured).length <= MAX_STRUCTURED_CHARS && shown.length <= MAX_TEXT_CHARS;
          const { count } = answer.structured as { count: number };
          expect(size(answer as ReturnType<typeof build>)).toBe(true);
          if (count < rows) expect(size(build(count + 1))).toBe(false);
        },
      ),
    );
  });
});
