import { createHash } from "node:crypto";
import { DAY_MS, EPSILON, MAX_CLOCK_FALLBACK_MS } from "./token-bucket.ts";

/** State outlives its last use by this much, so that clocks may differ. */
const GRACE_MS = 60_000;

/**
 * The arithmetic of `token-bucket.ts` inside Redis: one call handles any number of operations, in order.
 *
 * KEYS[i] is the partition of operation i. ARGV[1] stands for the clock of Redis (Unix ms) where it is not empty; ARGV[2] says
 * for each operation which of the further arguments tells what it does, as numbers with spaces between:
 * `<day of the take to undo, or -1 to take> <buckets> <windows> <cost> {<capacity> <refill per ms>} {<limit> <cost>}`.
 * A partition holds little-endian doubles: `<at ms> <day> {<used>} {<count>}`; so does the reply: the clock, then four for each
 * take: allowed, position of the policy, remaining, wait in ms. Numbers as text cost Redis twice the time (decision 0009). A
 * refused operation changes nothing but a time that the clock has fallen back from.
 */
export const TAKE_SCRIPT = `
local floor, ceil, max = math.floor, math.ceil, math.max
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + floor(tonumber(time[2]) / 1000)
end

local function numbers(text)
  local list = {}
  for word in string.gmatch(text, '%S+') do list[#list + 1] = tonumber(word) end
  return list
end

local formats = {}
local function doubles(count)
  local format = formats[count]
  if not format then
    format = '<' .. string.rep('d', count)
    formats[count] = format
  end
  return format
end

local function unpackState(bytes)
  local state = {struct.unpack(doubles(#bytes / 8), bytes)}
  -- The last value is the position behind the bytes.
  state[#state] = nil
  return state
end

local specs, states, changed, order = {}, {}, {}, {}
local reply = {now}
local which = numbers(ARGV[2])

for i = 1, #KEYS do
  local key = KEYS[i]
  local spec = specs[which[i]]
  if not spec then
    spec = numbers(ARGV[2 + which[i]])
    specs[which[i]] = spec
  end
  local undoDay, buckets, windows, cost = spec[1], spec[2], spec[3], spec[4]
  local state = states[key]
  if not state then
    local bytes = redis.call('GET', key)
    state = bytes and unpackState(bytes) or {0, 0}
    states[key] = state
    order[#order + 1] = key
  end

  if undoDay >= 0 then
    if state[1] > 0 then
      for b = 1, buckets do state[2 + b] = max(0, (state[2 + b] or 0) - cost) end
      for w = 1, windows do
        local at = 2 + buckets + w
        local undone = state[2] == undoDay and spec[4 + 2 * buckets + 2 * w] or 0
        state[at] = max(0, (state[at] or 0) - undone)
      end
      changed[key] = spec
    end
  else
    local at = state[1]
    local elapsed = max(0, now - at)
    local isFallback = at - now > ${MAX_CLOCK_FALLBACK_MS}
    if now > at or isFallback then at = now end
    local day = floor(at / ${DAY_MS})
    local dayLeft = (day + 1) * ${DAY_MS} - at
    local nextState = {at, day}
    local wait, place, remaining = 0, 0, -1
    local r = #reply

    for b = 1, buckets do
      local capacity, refill = spec[3 + 2 * b], spec[4 + 2 * b]
      local used = max(0, (state[2 + b] or 0) - elapsed * refill)
      nextState[2 + b] = used + cost
      local excess = used + cost - capacity
      if cost > 0 and excess > ${EPSILON} then
        local bucketWait = max(1, ceil(excess / refill - ${EPSILON}))
        if bucketWait > wait then wait, place = bucketWait, b end
      end
    end
    for w = 1, windows do
      local limit, windowCost = spec[3 + 2 * buckets + 2 * w], spec[4 + 2 * buckets + 2 * w]
      local count = day > state[2] and 0 or (state[2 + buckets + w] or 0)
      nextState[2 + buckets + w] = count + windowCost
      if windowCost > 0 and count + windowCost > limit and dayLeft > wait then wait, place = dayLeft, buckets + w end
    end

    if wait > 0 then
      if isFallback then
        state[1], state[2] = at, day
        changed[key] = spec
      end
      reply[r + 1], reply[r + 2], reply[r + 3], reply[r + 4] = 0, place, 0, wait + at - now
    else
      for b = 1, buckets do
        local capacity, refill = spec[3 + 2 * b], spec[4 + 2 * b]
        local tokens = capacity - nextState[2 + b]
        local whole = max(0, floor(tokens + ${EPSILON}))
        if remaining < 0 or whole < remaining then
          remaining, place = whole, b
          wait = max(1, ceil((whole + 1 - tokens) / refill - ${EPSILON}))
        end
      end
      for w = 1, windows do
        local left = max(0, spec[3 + 2 * buckets + 2 * w] - nextState[2 + buckets + w])
        if remaining < 0 or left < remaining then remaining, place, wait = left, buckets + w, dayLeft end
      end
      reply[r + 1], reply[r + 2], reply[r + 3], reply[r + 4] = 1, place, remaining, wait + at - now
      states[key] = nextState
      changed[key] = spec
    end
  end
end

for _, key in ipairs(order) do
  local spec = changed[key]
  if spec then
    local state = states[key]
    local ttl = 1
    for b = 1, spec[2] do ttl = max(ttl, state[2 + b] / spec[4 + 2 * b]) end
    if spec[3] > 0 then ttl = max(ttl, (state[2] + 1) * ${DAY_MS} - state[1]) end
    redis.call('SET', key, struct.pack(doubles(#state), unpack(state)), 'PX', ceil(ttl) + ${GRACE_MS})
  end
end
return struct.pack(doubles(#reply), unpack(reply))
`;

export const TAKE_SCRIPT_SHA1 = createHash("sha1").update(TAKE_SCRIPT).digest("hex");
