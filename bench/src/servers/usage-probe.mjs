/**
 * Preloaded (`--import`) into every server under test, so that all are measured in the same way. Answers the messages of
 * the parent: "usage" with what the process has used up so far, "profile" by starting V8's CPU profiler, "profiled"
 * with its profile. Plain JavaScript, because Node's type stripping takes tens of megabytes of memory.
 */
let session;

process.on("message", async (message) => {
  if (message === "usage") {
    const { user, system } = process.cpuUsage();
    process.send({ cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() });
  }
  if (message === "profile") {
    const { Session } = await import("node:inspector/promises");
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    process.send({});
  }
  if (message === "profiled") {
    const { profile } = await session.post("Profiler.stop");
    process.send(profile);
  }
});
// A listener keeps the channel open; the server alone shall decide when it ends.
process.channel?.unref();
