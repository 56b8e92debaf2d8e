import { describe, expect, test } from "vitest";
import { sectionsOf } from "../../src/forecast/discussion-sections.ts";

const TEXT = `
000
FXUS61 KALY 151741
AFDALY

Area Forecast Discussion
National Weather Service Albany NY

.LONG TERM /FRIDAY NIGHT THROUGH WEDNESDAY/...
A trough comes. Rain likely...mainly south.

&&

.KEY MESSAGES...

1. A dry front.

&&

.AVIATION /18Z WEDNESDAY THROUGH MONDAY/...
VFR.

$$
`;

describe("forecast discussions", () => {
  test("sections are found, the most asked for first", () => {
    expect(sectionsOf(TEXT)).toEqual([
      { title: "KEY MESSAGES", text: "1. A dry front." },
      { title: "LONG TERM", text: "A trough comes. Rain likely...mainly south." },
      { title: "AVIATION", text: "VFR." },
    ]);
  });

  test("a text without sections is one", () => {
    expect(sectionsOf("Nothing special.")).toEqual([{ title: "DISCUSSION", text: "Nothing special." }]);
  });
});
