import { expect, it } from "vitest";
import { listeningUrl } from "../src/listening-url.ts";

it.each([
  ["0.0.0.0", "http://127.0.0.1:3000"],
  ["::", "http://127.0.0.1:3000"],
  ["::1", "http://[::1]:3000"],
  ["127.0.0.1", "http://127.0.0.1:3000"],
  ["collector.test", "http://collector.test:3000"],
])("names an address that a browser can open for a server on %s", (host, url) => {
  expect(listeningUrl(host, 3000)).toBe(url);
});
