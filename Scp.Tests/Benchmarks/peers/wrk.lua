-- Tells wrk to POST ("-- post BYTES") and prints one line of key=value at the end. It defines neither request() nor response(), so
-- wrk sends a request built once and parses no response for us.

function init(args)
  if args[1] == "post" then
    wrk.method = "POST"
    wrk.headers["Content-Type"] = "application/octet-stream"
    wrk.body = string.rep("x", tonumber(args[2]))
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("peers requests=%d seconds=%.3f p50_us=%d p99_us=%d errors=%d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
