-- Prints the measurements of one run of wrk as one line of JSON, times in microseconds.
-- A script calls `loaded` at the end of its `init`: CPU time is counted from there.
local loader

function setup(thread) loader = thread end

function loaded() loadedAt = os.clock() end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"generatorCpuMicroseconds":%d,"durationMicroseconds":%d,"p50Microseconds":%d,"p99Microseconds":%d,"refused":%d,"broken":%d}\n',
    summary.requests, (os.clock() - loader:get("loadedAt")) * 1e6, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
