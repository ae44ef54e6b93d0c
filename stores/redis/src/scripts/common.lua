-- What all scripts share: where things lie, what is under an id, how a session ends. ARGV[1] is the prefix of all
-- keys. Times are this server's, in milliseconds; a version is eight bytes that are only compared.

local prefix = ARGV[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local micros = clock[1] * 1000000 + clock[2]

local MARK = 60000 -- how long an empty mark stays, in milliseconds
local CHAIN = 16 -- the most marks in a row
local HEAD = '>BBc8I8I8BB' -- 'S', layout, version, seen, expires, how many logins, how many marks lead here
local HEAD_SIZE = 28
local LOGIN_SIZE = 40 -- the owner in hex, when the login was made

-- The first halves of the ids that have ended in here.
local gone = {}

local function key_of(id)
  return prefix .. 's:' .. id
end

local function list_of(owner)
  return prefix .. 'o:' .. owner
end

-- What a script gives back; who waits for one of these ids is told.
local function answer(status, detail)
  local ended = table.concat(gone)
  if #ended > 0 then
    -- Without the permission to publish, those who wait ask.
    redis.pcall('PUBLISH', prefix .. 'ended', ended)
  end
  return { now, status, detail or '', ended }
end

local function logins_in(bytes)
  local logins = {}
  for from = 1, #bytes, LOGIN_SIZE do
    local login = bytes:sub(from, from + LOGIN_SIZE - 1)
    logins[#logins + 1] = { owner = login:sub(1, 32), at = struct.unpack('>I8', login, 33), bytes = login }
  end
  return logins
end

-- What is under an id: nil for nothing, else a live session, a mark (`mark`), or something that this release cannot
-- read (`unreadable`).
local function look(id)
  local head = redis.pcall('GETRANGE', key_of(id), 0, HEAD_SIZE - 1)
  if type(head) ~= 'string' then
    return { unreadable = 'corrupt' }
  end
  if head == '' then
    return nil
  end
  local kind, layout = head:byte(1, 2)
  if kind == 77 then -- 'M'
    return { mark = true }
  end
  if kind ~= 83 or #head ~= HEAD_SIZE or layout == 0 then -- 'S'
    return { unreadable = 'corrupt' }
  end
  if layout ~= 1 then
    return { unreadable = 'newer', layout = layout }
  end
  local _, _, version, seen, expires, logins, marks = struct.unpack(HEAD, head)
  if expires <= now then
    return nil
  end
  local body = HEAD_SIZE + logins * LOGIN_SIZE + marks * 8
  local lists = redis.call('GETRANGE', key_of(id), HEAD_SIZE, body - 1)
  if #lists ~= body - HEAD_SIZE then
    return { unreadable = 'corrupt' }
  end
  return {
    version = version,
    seen = seen,
    expires = expires,
    logins = logins_in(lists:sub(1, logins * LOGIN_SIZE)),
    trail = lists:sub(logins * LOGIN_SIZE + 1),
    body = body,
  }
end

-- The version of the next write: later than any before, also after the server lost its last moments.
local function next_version(version)
  local last = version and struct.unpack('>I8', version) or 0
  return struct.pack('>I8', math.max(last + 1, micros))
end

local function write(id, session, envelope)
  -- The server takes the time for this once more, from when the script began: it might keep what is over already.
  if session.expires <= now then
    redis.call('DEL', key_of(id))
    return
  end
  local parts = {
    struct.pack(HEAD, 83, 1, session.version, session.seen, session.expires, #session.logins, #session.trail / 8),
  }
  for _, login in ipairs(session.logins) do
    parts[#parts + 1] = login.bytes
  end
  parts[#parts + 1] = session.trail
  parts[#parts + 1] = envelope
  redis.call('SET', key_of(id), table.concat(parts), 'PXAT', session.expires)
end

-- Puts a session on a user's list, which lives as long as its longest session.
local function enlist(owner, id, expires)
  redis.call('ZADD', list_of(owner), expires, id)
  local last = redis.call('ZREVRANGE', list_of(owner), 0, 0, 'WITHSCORES')
  redis.call('PEXPIREAT', list_of(owner), last[2])
end

local function strike(owner, id)
  redis.call('ZREM', list_of(owner), id)
end

local function login_of(session, owner)
  for _, login in ipairs(session.logins or {}) do
    if login.owner == owner then
      return login
    end
  end
  return nil
end

local function leave_mark(id)
  redis.call('SET', key_of(id), 'M', 'PX', MARK)
end

local function finish(id, session)
  for _, login in ipairs(session.logins or {}) do
    strike(login.owner, id)
  end
  leave_mark(id)
  gone[#gone + 1] = id:sub(1, 32)
end

-- Where the part of a record ends that begins here: one length byte, or 255 and four.
local function skip(bytes, from)
  local length = bytes:byte(from)
  if length == 255 then
    return from + 5 + struct.unpack('<I4', bytes, from + 1)
  end
  return from + 1 + length
end

-- What `Record::without_owner` says, for records of encoding 1 in envelopes of schema 1: the other logins, no data.
local function without(envelope, owners, owner)
  assert(envelope:byte(1) == 1 and envelope:byte(18) == 1)
  local count = envelope:byte(35)
  assert(count == #owners)
  local kept, from = {}, 36
  for at = 1, count do
    local to = skip(envelope, skip(envelope, skip(envelope, from)) + 41)
    assert(to <= #envelope)
    if owners[at].owner ~= owner then
      kept[#kept + 1] = envelope:sub(from, to - 1)
    end
    from = to
  end
  -- The client stays, which stands behind the former users.
  local client = from + 1 + 16 * envelope:byte(from)
  local entries = skip(envelope, skip(envelope, client))
  assert(entries <= #envelope)
  local logins = string.char(#kept) .. table.concat(kept)
  return envelope:sub(1, 34) .. logins .. '\0' .. envelope:sub(client, entries - 1) .. '\0\0'
end

-- Ends one user's login at an id, and the session with it if nobody else is logged in there, or if nobody can say.
-- Whether there was one.
local function end_login(id, owner)
  local session = look(id)
  strike(owner, id)
  if not session or session.mark then
    return false
  end
  if session.unreadable then
    finish(id, session)
    return true
  end
  if not login_of(session, owner) then
    return false
  end
  local others = {}
  for _, login in ipairs(session.logins) do
    if login.owner ~= owner then
      others[#others + 1] = login
    end
  end
  if #others > 0 then
    local envelope = redis.call('GETRANGE', key_of(id), session.body, -1)
    local known, left = pcall(without, envelope, session.logins, owner)
    if known then
      session.logins, session.version = others, next_version(session.version)
      write(id, session, left)
      return true
    end
  end
  finish(id, session)
  return true
end

-- The ids of a user's logins that have to go so that there can be one more, the oldest first.
local function beyond(owner, most)
  redis.call('ZREMRANGEBYSCORE', list_of(owner), '-inf', now)
  if redis.call('ZCARD', list_of(owner)) < most then
    return {}
  end
  local live = {}
  for _, id in ipairs(redis.call('ZRANGE', list_of(owner), 0, -1)) do
    local session = look(id)
    local login = session and login_of(session, owner)
    if login then
      live[#live + 1] = { id = id, at = login.at }
    elseif not session or not session.unreadable then
      strike(owner, id)
    end
  end
  table.sort(live, function(a, b)
    return a.at < b.at
  end)
  local victims = {}
  for at = 1, #live - most + 1 do
    victims[at] = { id = live[at].id, owner = owner }
  end
  return victims
end

-- The logins that have to go so that each of these can be made; nil if one is to be refused.
local function make_room(logins, most, refuse)
  local victims = {}
  for _, login in ipairs(logins) do
    for _, victim in ipairs(beyond(login.owner, most)) do
      if refuse then
        return nil
      end
      victims[#victims + 1] = victim
    end
  end
  return victims
end

-- Why a session cannot be written at this version, or nil.
local function refusal(session, version)
  if not session or session.mark then
    return answer('gone')
  end
  if session.unreadable then
    return answer(session.unreadable, session.layout)
  end
  if version and session.version ~= version then
    return answer('conflict')
  end
  return nil
end

-- Ends the session at this id, or where marks lead from it, and leaves a mark at each that was passed: how many live ones ended. Where marks
-- lead is not known before: those keys are made here.
local function finish_from(id)
  local at, passed, ended = id, {}, 0
  while true do
    local found = look(at)
    if not found then
      break
    end
    if not found.mark then
      finish(at, found)
      -- What cannot be read is no live session to anybody, and now never is one again.
      ended = found.unreadable == 'corrupt' and 0 or 1
      break
    end
    local mark = redis.call('GET', key_of(at))
    if #mark ~= 65 or #passed > 2 * CHAIN then
      break
    end
    passed[#passed + 1] = at
    at = mark:sub(2)
  end
  for _, id in ipairs(passed) do
    leave_mark(id)
  end
  return ended
end
