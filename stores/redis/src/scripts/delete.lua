-- KEYS: the session. ARGV: prefix, id. Where marks lead is not known before: those keys are made here.
local at, passed = ARGV[2], {}
local ended = 0
while true do
  local found = look(at)
  if not found then
    break
  end
  if not found.mark then
    finish(at, found)
    -- What cannot be read is no live session to anybody, and now never is one again.
    ended = found.unreadable == 'corrupt' and 0 or 1
    break
  end
  local mark = redis.call('GET', key_of(at))
  if #mark ~= 73 or #passed > 2 * CHAIN then
    break
  end
  passed[#passed + 1] = { id = at, till = struct.unpack('>I8', mark, 2) }
  at = mark:sub(10)
end
for _, mark in ipairs(passed) do
  redis.call('SET', key_of(mark.id), 'M', 'PXAT', math.min(mark.till, now + MARK))
end
return answer('done', ended)
