-- wrk script: POST /v1/events, one event each, a fresh timestamp each, API keys in turn.
-- Arguments: file with one API key a line.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")
local tools, keys, heads, n = 20, {}, {}, 0

function init(args)
  for key in io.lines(args[1]) do keys[#keys + 1] = key end
  for i, key in ipairs(keys) do
    heads[i] = "POST /v1/events HTTP/1.1\r\nHost: " .. wrk.headers["Host"] ..
      "\r\nContent-Type: application/json\r\nX-API-Key: " .. key .. "\r\nContent-Length: "
  end
  loaded()
end

function request()
  n = n + 1
  -- Within the collector's window of 60 s whatever the second's fraction is.
  local outcome = n % 10 == 0 and 'false,"errorType":"TIMEOUT"' or "true"
  local body = '{"tool":"get_tool_' .. n % tools .. '","success":' .. outcome ..
    ',"timestamp":' .. os.time() * 1000 - n % 50000 .. "}"
  return heads[n % #keys + 1] .. #body .. "\r\n\r\n" .. body
end
