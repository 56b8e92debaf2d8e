-- wrk script: POST /v1/events/batch with requests that were made beforehand, because every second one is signed.
-- Arguments: file with one request a line: address, API key, signature headers (or nothing) and body between tabs.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")
local requests, n = {}, 0

function init(args)
  local head = "POST /v1/events/batch HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nContent-Type: application/json\r\nX-Forwarded-For: "
  for line in io.lines(args[1]) do
    local address, key, timestamp, signature, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
    local signed = signature == "" and "" or "\r\nX-Timestamp: " .. timestamp .. "\r\nX-Signature: " .. signature
    requests[#requests + 1] = head .. address .. "\r\nX-API-Key: " .. key .. signed .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
  end
  loaded()
end

function request()
  n = n + 1
  return requests[(n - 1) % #requests + 1]
end
