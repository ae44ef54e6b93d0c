//! The scripts that change sessions: each is atomic, and one round trip.

use std::sync::LazyLock;

use redis::Script;

/// Runs also where memory is short: it frees some, or takes none to speak of, and a logout must not fail for that.
const ALWAYS: &str = "#!lua flags=allow-oom,no-cluster\n";
/// Refused before it begins where memory is short.
const WITH_ROOM: &str = "#!lua flags=no-cluster\n";
const COMMON: &str = include_str!("scripts/common.lua");

pub(crate) static CREATE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(WITH_ROOM, include_str!("scripts/create.lua")));
pub(crate) static UPDATE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(WITH_ROOM, include_str!("scripts/update.lua")));
/// For a record that does not grow: memory that is short must not keep a login from being taken out of it.
pub(crate) static SHRINK: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/update.lua")));
pub(crate) static ROTATE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/rotate.lua")));
pub(crate) static TOUCH: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/touch.lua")));
pub(crate) static DELETE: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/delete.lua")));
pub(crate) static DELETE_ALL: LazyLock<Lua> =
    LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/delete_all.lua")));
pub(crate) static LIST: LazyLock<Lua> = LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/list.lua")));
pub(crate) static LEFT: LazyLock<Lua> = LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/left.lua")));
pub(crate) static LOAD: LazyLock<Lua> = LazyLock::new(|| Lua::new(ALWAYS, include_str!("scripts/load.lua")));

/// A script, and the hash that the server knows it by.
pub(crate) struct Lua {
    code: String,
    script: Script,
}

impl Lua {
    fn new(flags: &str, body: &str) -> Self {
        let code = [flags, COMMON, body].concat();
        Self { script: Script::new(&code), code }
    }

    pub(crate) fn hash(&self) -> &str {
        self.script.get_hash()
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }
}
