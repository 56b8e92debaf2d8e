import { expect, test } from "vitest";
import { TIERS } from "../src/index.ts";

test.each(Object.entries(TIERS))("tier %s: the burst leaves room for a refill within the hour", (_, tier) => {
  expect(tier.burstRequests).toBeLessThan(tier.requestsPerHour);
  expect(tier.requestsPerHour).toBeLessThanOrEqual(tier.requestsPerDay);
});
