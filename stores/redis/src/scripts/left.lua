-- KEYS: the session. ARGV: prefix, id. Answers with the time, and how long the session has still to live, in
-- milliseconds: 0 if it is not live.
local session = look(ARGV[2])
if not session or session.mark or session.unreadable == 'corrupt' then
  return { now, 0 }
end
if session.unreadable then
  -- A newer release knows; look again in a minute.
  return { now, 60000 }
end
return { now, session.expires - now }
