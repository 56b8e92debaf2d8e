import { describe, expect, test } from "vitest";
import { editDistance, fold } from "../../src/location/fold.ts";

describe("names", () => {
  test("case, accents, dots and hyphens do not tell names apart", () => {
    expect(fold("Saint-Étienne")).toBe(fold("st. etienne"));
    expect(fold("São Paulo")).toBe("sao paulo");
    expect(fold("Coeur d'Alene")).toBe(fold("coeur dalene"));
    expect(fold("Washington, D.C.")).toBe("washington dc");
  });

  test("letters of other scripts stay", () => {
    expect(fold("東京")).toBe("東京");
  });

  test("edits are counted up to the limit", () => {
    expect(editDistance("springfield", "sprngfeld", 2)).toBe(2);
    expect(editDistance("paris", "paris", 2)).toBe(0);
    expect(editDistance("peggy", "hollywood", 2)).toBe(3);
  });
});
