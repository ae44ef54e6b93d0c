-- KEYS: the session. ARGV: prefix, id, time to live.
local id, ttl = ARGV[2], tonumber(ARGV[3])
local session = look(id)
local refused = refusal(session)
if refused then
  return refused
end
local expires = math.max(session.expires, now + ttl)
redis.call('SETRANGE', KEYS[1], 10, struct.pack('>I8I8', math.max(session.seen, now), expires))
if expires > session.expires then
  redis.call('PEXPIREAT', KEYS[1], expires)
  for _, login in ipairs(session.logins) do
    enlist(login.owner, id, expires)
  end
end
return answer('done')
