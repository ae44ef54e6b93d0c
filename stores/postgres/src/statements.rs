//! What is said to the server: one statement for each operation.

use crate::schema::Schema;

pub(crate) struct Statements {
    pub(crate) create: String,
    pub(crate) load: String,
    pub(crate) update: String,
    pub(crate) rotate: String,
    pub(crate) touch: String,
    pub(crate) delete: String,
    pub(crate) list: String,
    pub(crate) delete_all: String,
    pub(crate) delete_all_and: String,
    pub(crate) sweep: String,
}

impl Statements {
    pub(crate) fn new(schema: &Schema) -> Self {
        let text = |template: &str| schema.fill(template);
        Self {
            create: text("SELECT * FROM {schema}.create_session($1, $2, $3, $4, $5, $6, $7)"),
            load: text(
                "SELECT s.record, s.version, n.at - s.seen, s.expires - n.at, s.ended \
                 FROM {schema}.sessions s, {schema}.clock() AS n(at) WHERE s.id = $1 AND s.expires > n.at",
            ),
            update: text("SELECT * FROM {schema}.update_session($1, $2, $3, $4, $5, $6)"),
            rotate: text("SELECT * FROM {schema}.rotate_session($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
            touch: text("SELECT {schema}.touch_session($1, $2)"),
            delete: text("SELECT {schema}.delete_session($1)"),
            list: text(
                "SELECT s.record, s.version, n.at - s.seen, s.expires - n.at, s.ended, s.id \
                 FROM {schema}.logins l JOIN {schema}.sessions s ON s.id = l.id, {schema}.clock() AS n(at) \
                 WHERE l.owner = $1 AND s.record IS NOT NULL AND s.expires > n.at",
            ),
            delete_all: text("SELECT * FROM {schema}.delete_all($1, $2)"),
            delete_all_and: text(
                "SELECT a.live, a.over, {schema}.delete_session($2) FROM {schema}.delete_all($1, NULL) a",
            ),
            sweep: text("SELECT * FROM {schema}.sweep($1)"),
        }
    }
}
