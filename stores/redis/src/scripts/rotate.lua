-- KEYS: the old session, the new one. ARGV: prefix, new id, time to live, logins, envelope, version, old id, limit,
-- what gives way.
local id, ttl, logins, envelope = ARGV[2], tonumber(ARGV[3]), logins_in(ARGV[4]), ARGV[5]
local old_id = ARGV[7]
local old = look(old_id)
local refused = refusal(old, ARGV[6])
if refused then
  return refused
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return answer('exists')
end
local comers = {}
for _, login in ipairs(logins) do
  if not login_of(old, login.owner) then
    comers[#comers + 1] = login
  end
end
local victims = make_room(comers, tonumber(ARGV[8]), ARGV[9] == 'refuse')
if not victims then
  return answer('limit')
end

-- The marks in a row that lead here and are live, each with when it goes.
local row = old.trail
for at = #row - 7, 1, -8 do
  if struct.unpack('>I8', row, at) <= now then
    row = row:sub(at + 8)
    break
  end
end
if #row / 8 >= CHAIN then
  finish(old_id, old)
  return answer('gone')
end

finish(old_id, old)
local trail = ''
if #old.logins > 0 then
  redis.call('SET', KEYS[1], 'M' .. id, 'PXAT', old.expires)
  trail = row .. struct.pack('>I8', old.expires)
end
local session = {
  version = next_version(old.version),
  seen = now,
  expires = now + ttl,
  logins = logins,
  trail = trail,
}
write(id, session, envelope)
for _, login in ipairs(logins) do
  enlist(login.owner, id, session.expires)
end
for _, victim in ipairs(victims) do
  end_login(victim.id, victim.owner)
end
return answer('done', session.version)
