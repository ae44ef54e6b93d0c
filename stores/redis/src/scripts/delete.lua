-- KEYS: the session. ARGV: prefix, id.
return answer('done', finish_from(ARGV[2]))
