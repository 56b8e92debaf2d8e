import { expect, test, vi } from "vitest";
import { systemClock } from "../src/clock.ts";

test("a time that has passed already is now, and no warning", async () => {
  const warnings = vi.spyOn(process, "emitWarning");
  await new Promise<void>((resolve) => systemClock.after(-320_000, resolve, true));
  expect(warnings).not.toHaveBeenCalled();
  warnings.mockRestore();
});

test("a timer called off does not run", async () => {
  const task = vi.fn();
  systemClock.after(0, task)();
  await new Promise<void>((resolve) => systemClock.after(5, resolve, true));
  expect(task).not.toHaveBeenCalled();
});
