-- KEYS: the user's list. ARGV: prefix. Answers with the time, then with the ids and what is under them in turn.
local found = { now }
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')) do
  local session = look(id)
  if session and not session.mark then
    local value = redis.pcall('GET', key_of(id))
    found[#found + 1] = id
    found[#found + 1] = type(value) == 'string' and value or ''
  end
end
return found
