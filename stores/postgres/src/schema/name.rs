//! The schema's name.

/// How long a name may be, in bytes: PostgreSQL's own limit, less what this store appends.
const LONGEST: usize = 50;

/// A name that needs no quotes anywhere.
#[derive(Clone, Debug)]
pub(crate) struct Schema(String);

/// Why a name cannot be a schema's here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NameError;

impl Schema {
    pub(crate) fn new(name: &str) -> Result<Self, NameError> {
        let first = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let rest = name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
        // PostgreSQL keeps these to itself.
        match first && rest && name.len() <= LONGEST && !name.starts_with("pg_") {
            true => Ok(Self(format!("\"{name}\""))),
            false => Err(NameError),
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.0.trim_matches('"')
    }

    /// A statement with this schema's name in it, in quotes: the name may be a word that SQL reserves.
    pub(crate) fn fill(&self, template: &str) -> String {
        template.replace("{channel}", &self.channel()).replace("{schema}", &self.0)
    }

    /// Where sessions that end are announced.
    pub(crate) fn channel(&self) -> String {
        format!("{}_ended", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_need_care_is_refused() {
        for name in ["passport", "_a1", "select", &"a".repeat(50)] {
            assert_eq!(Schema::new(name).unwrap().name(), name);
        }
        for name in ["", "1a", "A", "a-b", "a\"b", "a;b", "pg_x", "ü", &"a".repeat(51)] {
            assert_eq!(Schema::new(name).unwrap_err(), NameError, "{name}");
        }
    }

    #[test]
    fn a_reserved_word_is_quoted_where_it_names_the_schema() {
        let schema = Schema::new("select").unwrap();
        assert_eq!(schema.fill("{schema}.t '{channel}'"), "\"select\".t 'select_ended'");
    }
}
