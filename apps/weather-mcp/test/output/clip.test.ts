import { expect, test } from "vitest";
import { clip } from "../../src/output/clip.ts";

test("a long text is cut at the end of a word and marked", () => {
  expect(clip("one two three four", 12)).toBe("one two…");
  expect(clip("  one\n\n two ", 12)).toBe("one two");
  expect(clip("x".repeat(50), 10)).toBe(`${"x".repeat(9)}…`);
  expect(clip(null, 10)).toBeNull();
});
