-- wrk script: POST /v1/events, one event each, API keys and client addresses in turn: a fleet of end users behind a proxy.
-- Arguments: file with one API key a line; six hex digits that no other run has; number of the first request.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")
local ADDRESSES, tools, keys, head, n = 5000, 20, {}, "", 0

function init(args)
  for key in io.lines(args[1]) do keys[#keys + 1] = key end
  n = tonumber(args[3])
  head = "POST /v1/events HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nContent-Type: application/json\r\nX-Forwarded-For: 10.0."
  loaded()
end

function request()
  n = n + 1
  -- Within the collector's window of 60 s whatever the second's fraction is.
  local outcome = n % 10 == 0 and 'false,"errorType":"TIMEOUT"' or "true"
  local body = '{"tool":"get_tool_' .. n % tools .. '","success":' .. outcome ..
    ',"timestamp":' .. os.time() * 1000 - n % 50000 .. "}"
  local address = n % ADDRESSES
  return head .. math.floor(address / 250) .. "." .. address % 250 .. "\r\nX-API-Key: " .. keys[n % #keys + 1] ..
    "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end
