-- KEYS: the session. ARGV: prefix, id, time to live, logins, envelope, version, and whether it may grow.
local id, ttl, logins, envelope = ARGV[2], tonumber(ARGV[3]), logins_in(ARGV[4]), ARGV[5]
local session = look(id)
local refused = refusal(session, ARGV[6])
if refused then
  return refused
end
if ARGV[7] == 'shrink' and #envelope > redis.call('STRLEN', KEYS[1]) - session.body then
  return answer('full')
end
for _, login in ipairs(session.logins) do
  strike(login.owner, id)
end
session.version = next_version(session.version)
session.seen = math.max(session.seen, now)
session.expires = math.max(session.expires, now + ttl)
session.logins = logins
write(id, session, envelope)
for _, login in ipairs(logins) do
  enlist(login.owner, id, session.expires)
end
return answer('done', session.version)
