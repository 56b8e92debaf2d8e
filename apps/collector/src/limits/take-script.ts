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
 * The reply is one text of numbers: the clock, then four for each take: allowed, place of the policy, remaining, wait in ms.
 * Texts, and each only once: arrays of short values cost this process more than all the arithmetic costs Redis.
 * A partition is one string: `<at ms> <day> {<used>} {<count>}`. A refused operation changes nothing but a time that the
 * clock has fallen back from.
 */
export const TAKE_SCRIPT = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function numbers(text)
  local list = {}
  for word in string.gmatch(text, '%S+') do list[#list + 1] = tonumber(word) end
  return list
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
    local text = redis.call('GET', key)
    state = text and numbers(text) or {0, 0}
    states[key] = state
    order[#order + 1] = key
  end

  if undoDay >= 0 then
    if state[1] > 0 then
      for b = 1, buckets do state[2 + b] = math.max(0, (state[2 + b] or 0) - cost) end
      for w = 1, windows do
        local at = 2 + buckets + w
        local undone = state[2] == undoDay and spec[4 + 2 * buckets + 2 * w] or 0
        state[at] = math.max(0, (state[at] or 0) - undone)
      end
      changed[key] = spec
    end
  else
    local at = state[1]
    local elapsed = math.max(0, now - at)
    local isFallback = at - now > ${MAX_CLOCK_FALLBACK_MS}
    if now > at or isFallback then at = now end
    local day = math.floor(at / ${DAY_MS})
    local dayLeft = (day + 1) * ${DAY_MS} - at
    local nextState = {at, day}
    local wait, place, remaining = 0, 0, -1

    for b = 1, buckets do
      local capacity, refill = spec[3 + 2 * b], spec[4 + 2 * b]
      local used = math.max(0, (state[2 + b] or 0) - elapsed * refill)
      nextState[2 + b] = used + cost
      local excess = used + cost - capacity
      if cost > 0 and excess > ${EPSILON} then
        local bucketWait = math.max(1, math.ceil(excess / refill - ${EPSILON}))
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
      reply[#reply + 1], reply[#reply + 2], reply[#reply + 3], reply[#reply + 4] = 0, place, 0, wait + at - now
    else
      for b = 1, buckets do
        local capacity, refill = spec[3 + 2 * b], spec[4 + 2 * b]
        local tokens = capacity - nextState[2 + b]
        local whole = math.max(0, math.floor(tokens + ${EPSILON}))
        if remaining < 0 or whole < remaining then
          remaining, place = whole, b
          wait = math.max(1, math.ceil((whole + 1 - tokens) / refill - ${EPSILON}))
        end
      end
      for w = 1, windows do
        local left = math.max(0, spec[3 + 2 * buckets + 2 * w] - nextState[2 + buckets + w])
        if remaining < 0 or left < remaining then remaining, place, wait = left, buckets + w, dayLeft end
      end
      reply[#reply + 1], reply[#reply + 2], reply[#reply + 3], reply[#reply + 4] = 1, place, remaining, wait + at - now
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
    for b = 1, spec[2] do ttl = math.max(ttl, state[2 + b] / spec[4 + 2 * b]) end
    if spec[3] > 0 then ttl = math.max(ttl, (state[2] + 1) * ${DAY_MS} - state[1]) end
    local words = {}
    for n = 1, #state do words[n] = string.format('%.17g', state[n]) end
    redis.call('SET', key, table.concat(words, ' '), 'PX', string.format('%.0f', math.ceil(ttl) + ${GRACE_MS}))
  end
end
for n = 1, #reply do reply[n] = string.format('%.0f', reply[n]) end
return table.concat(reply, ' ')
`;

export const TAKE_SCRIPT_SHA1 = createHash("sha1").update(TAKE_SCRIPT).digest("hex");
