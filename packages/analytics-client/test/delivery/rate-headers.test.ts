import { expect, test } from "vitest";
import { readRate } from "../../src/delivery/rate-headers.ts";

const NOW = 1_000_000;
const HUGE = "9".repeat(400);
const POLICY = '"burst";q=10;w=400, "hour";q=100;w=3600, "day";q=1000;w=86400, "events";q=10000;w=86400;qu="events"';

test.each([
  ["no header", {}, { remaining: undefined, bucket: false, retryAt: NOW }],
  ["what is left", { ratelimit: '"burst";r=9;t=40' }, { remaining: 9, bucket: false, retryAt: NOW }],
  ["nothing left", { ratelimit: '"burst";r=0;t=40' }, { remaining: 0, bucket: false, retryAt: NOW + 40_000 }],
  [
    "the bucket",
    { "ratelimit-policy": POLICY },
    { remaining: undefined, bucket: { capacity: 10, refillMs: 40_000 }, retryAt: NOW },
  ],
  ["seconds to wait", { "retry-after": "7" }, { remaining: undefined, bucket: false, retryAt: NOW + 7_000 }],
  [
    "the later of two waits",
    { ratelimit: '"day";r=0;t=90', "retry-after": "7" },
    { remaining: 0, bucket: false, retryAt: NOW + 90_000 },
  ],
  [
    "a wait of years is cut to an hour",
    { "retry-after": "99999999" },
    { remaining: undefined, bucket: false, retryAt: NOW + 3_600_000 },
  ],
  [
    "nonsense",
    { ratelimit: "soon", "ratelimit-policy": '"burst";q=0;w=0', "retry-after": "-5" },
    { remaining: undefined, bucket: false, retryAt: NOW },
  ],
  [
    "numbers of 400 digits as none, or as the longest wait",
    { ratelimit: `"burst";r=0;t=${HUGE}`, "ratelimit-policy": `"burst";q=${HUGE};w=1`, "retry-after": HUGE },
    { remaining: 0, bucket: false, retryAt: NOW + 3_600_000 },
  ],
  [
    "a token of years as one of an hour",
    { "ratelimit-policy": `"burst";q=10;w=${HUGE}` },
    { remaining: undefined, bucket: { capacity: 10, refillMs: 3_600_000 }, retryAt: NOW },
  ],
  [
    "a date instead of seconds",
    { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" },
    { remaining: undefined, bucket: false, retryAt: NOW },
  ],
] as const)("reads %s", (_name, headers, expected) => {
  expect(readRate(headers, NOW)).toEqual(expected);
});
