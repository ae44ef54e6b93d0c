-- KEYS: the session. ARGV: prefix, id, time to live, logins, envelope, limit, what gives way.
local id, ttl, logins, envelope = ARGV[2], tonumber(ARGV[3]), logins_in(ARGV[4]), ARGV[5]
if redis.call('EXISTS', KEYS[1]) == 1 then
  return answer('exists')
end
local victims = make_room(logins, tonumber(ARGV[6]), ARGV[7] == 'refuse')
if not victims then
  return answer('limit')
end
local session = { version = next_version(), seen = now, expires = now + ttl, logins = logins, trail = '' }
write(id, session, envelope)
for _, login in ipairs(logins) do
  enlist(login.owner, id, session.expires)
end
for _, victim in ipairs(victims) do
  end_login(victim.id, victim.owner)
end
return answer('done', session.version)
