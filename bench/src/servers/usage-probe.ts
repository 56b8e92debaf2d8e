/**
 * Preloaded (`--import`) into every server under test, so that all are measured in the same way: answers the message
 * "usage" of the parent with what the process has used up.
 */
export interface Usage {
  /** user and system time of all threads since the start */
  readonly cpuMicroseconds: number;
  readonly rssBytes: number;
}

process.on("message", (message) => {
  if (message !== "usage") return;
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() } satisfies Usage);
});
// A listener keeps the channel open; the server alone shall decide when it ends.
process.channel?.unref();
