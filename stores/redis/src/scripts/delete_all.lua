-- KEYS: the user's list. ARGV: prefix, owner, the id that stays.
local owner, except = ARGV[2], ARGV[3]
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if id ~= except and end_login(id, owner) then
    ended = ended + 1
  end
end
return answer('done', ended)
