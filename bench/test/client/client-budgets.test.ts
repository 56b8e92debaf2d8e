import { expect, test } from "vitest";
import { BUDGETS, type ClientFigures, clientResult, clientText } from "../../src/client/client-budgets.ts";

const atTheEdge = Object.fromEntries(
  Object.entries(BUDGETS).map(([name, { must }]) => [name, must]),
) as unknown as ClientFigures;

test("figures at their budgets pass", () => {
  expect(clientResult(atTheEdge)).toMatchObject({ passed: true, missed: [] });
});

test.each(Object.keys(BUDGETS))("%s over its budget fails, and so does one that could not be measured", (name) => {
  for (const value of [BUDGETS[name as keyof ClientFigures].must + 0.001, Number.NaN]) {
    const result = clientResult({ ...atTheEdge, [name]: value });
    expect(result).toMatchObject({ passed: false, missed: [name] });
    expect(clientText(result)).toContain("MISSED");
  }
});
