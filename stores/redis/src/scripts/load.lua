-- KEYS: the session. Answers with the time and what is under it. Not marked as read-only: a server that is no primary
-- refuses it.
return { now, redis.call('GET', KEYS[1]) }
