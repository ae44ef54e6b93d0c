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
  if #mark ~= 65 or #passed > 2 * CHAIN then
    break
  end
  passed[#passed + 1] = at
  at = mark:sub(2)
end
for _, id in ipairs(passed) do
  leave_mark(id)
end
return answer('done', ended)
