-- KEYS: the user's list. ARGV: prefix, owner, the id that stays, the id that ends whosever it is.
local owner, except, also = ARGV[2], ARGV[3], ARGV[4]
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if id ~= except and end_login(id, owner) then
    ended = ended + 1
  end
end
if also ~= '' then
  ended = ended + finish_from(also)
end
return answer('done', ended)
