-- wrk script: POST /v1/events/batch, 100 events each under a fresh batchId, API keys in turn.
-- Arguments: file with one API key a line; six hex digits that no other run has.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")
local BODIES, EVENTS, tools = 50, 100, 20
local heads, tails, run, n = {}, {}, nil, 0

local function events(seed)
  local list = {}
  for i = 1, EVENTS do
    local m = seed * EVENTS + i
    local outcome = m % 10 == 0 and 'false,"errorType":"TIMEOUT"' or "true"
    -- All bodies are made before the load starts: at most 45 s old by its end.
    list[i] = '{"tool":"get_tool_' .. m % tools .. '","success":' .. outcome ..
      ',"timestamp":' .. os.time() * 1000 - m * 7 % 30000 .. "}"
  end
  return table.concat(list, ",")
end

function init(args)
  run = args[2]
  for i = 1, BODIES do tails[i] = '","events":[' .. events(i) .. "]}" end
  for key in io.lines(args[1]) do
    heads[#heads + 1] = "POST /v1/events/batch HTTP/1.1\r\nHost: " .. wrk.headers["Host"] ..
      "\r\nContent-Type: application/json\r\nX-API-Key: " .. key .. "\r\nContent-Length: "
  end
  loaded()
end

function request()
  n = n + 1
  local tail = tails[n % BODIES + 1]
  -- A version 7 UUID: a time, six digits of this run and a counter.
  local id = string.format("0199a0b1-c2d3-7%s-8%s-%012x", run:sub(1, 3), run:sub(4, 6), n)
  return heads[n % #heads + 1] .. #tail + 48 .. '\r\n\r\n{"batchId":"' .. id .. tail
end
