"""Say in Lua what has to happen on the server in one step.

A lock is the text NUMBER:HOLDER:END in a hash: the fencing number, who was given it,
and when the lease ends, in milliseconds of the server's clock. It has no expiry of its
own, so that no server evicts it, and stays when it is free, so that the number only
grows. The keys are the records, the locks, and the records before, all of them hashes
by account, and a hash of what was set aside of one account.
"""

from __future__ import annotations

from typing import Final

_LOCK: Final = """
local function look()
  local text = redis.call('HGET', KEYS[2], ARGV[1])
  if not text then return 0, '', 0 end
  local number, holder, ends = string.match(text, '^(%d+):(%x*):(%d+)$')
  if not number then error('the lock of the account is damaged') end
  return tonumber(number), holder, tonumber(ends)
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function put(number, holder, ends)
  local text = string.format('%.0f:%s:%.0f', number, holder, ends)
  redis.call('HSET', KEYS[2], ARGV[1], text)
end
"""

ACQUIRE: Final = f"""{_LOCK}
local number, holder, ends = look()
if holder == ARGV[2] and ends > now() then return {{number, 0}} end
if ends > now() then return {{0, ends - now()}} end
put(number + 1, ARGV[2], now() + ARGV[3])
return {{number + 1, 0}}
"""
"""Arguments: account, holder, lease in ms. Answers the number, or 0 and the rest of the
lease in ms. The same holder may ask again, where an answer was lost."""

CHANGE: Final = f"""{_LOCK}
local mine = tonumber(ARGV[2])
if mine > 0 then
  local number, holder = look()
  if number > mine or (number == mine and holder ~= ARGV[3]) then return number end
  put(mine, ARGV[3], now() + ARGV[4])
end
if ARGV[5] then
  local before = redis.call('HGET', KEYS[1], ARGV[1])
  if before then redis.call('HSET', KEYS[3], ARGV[1], before) end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[3], ARGV[1])
  redis.call('DEL', KEYS[4])
end
return 0
"""
"""Arguments: account, number or 0 without a lock, holder, lease in ms, and the record,
or none to delete it. Answers 0, or the number of who was given the lock meanwhile. A
lower number is the trace of a failover that lost ours: nobody came after us."""

RELEASE: Final = f"""{_LOCK}
local number, holder = look()
if holder == ARGV[2] then put(number, holder, 0) end
return 0
"""
"""Arguments: account, holder."""

SET_ASIDE: Final = """
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return '' end
local name = string.sub(redis.sha1hex(record), 1, 8)
redis.call('HSET', KEYS[4], name, record)
return name
"""
"""Argument: account. Answers under which name its record was set aside, if any."""
