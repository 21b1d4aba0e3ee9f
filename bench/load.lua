-- Each request as the next of many signed-in people; at the end one line of JSON.
-- wrk … -s load.lua <url> -- <file with a Cookie header's value per line>

local requests, turn = {}, 0

function init(arguments)
  for cookie in io.lines(arguments[1]) do
    wrk.headers["Cookie"] = cookie
    requests[#requests + 1] = wrk.format()
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"requests": %d, "seconds": %.6f, "failed": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
