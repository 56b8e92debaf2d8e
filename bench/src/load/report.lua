-- Prints what one run of wrk has measured as one line of JSON, times in microseconds.
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"answers":%d,"durationMicroseconds":%d,"p50Microseconds":%d,"p99Microseconds":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
