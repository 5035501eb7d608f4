//! SQL flavours, as far as names are concerned. Everything else about a dialect lives with its connector.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The SQL flavour of a data source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// SQLite 3.
    Sqlite,
    /// PostgreSQL 10 and later.
    Postgres,
}

impl Dialect {
    /// `name` as a delimited identifier: always quoted, inner quotes doubled. Safe for any name.
    #[must_use]
    pub fn quote(self, name: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// `name` bare where the dialect reads it back unchanged, else quoted. For SQL that people read.
    #[must_use]
    pub fn quote_if_needed(self, name: &str) -> String {
        let plain = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let folded = match self {
            Self::Sqlite => true,
            Self::Postgres => !name.chars().any(|c| c.is_ascii_uppercase()),
        };
        if plain && folded && !is_reserved(name) { name.to_owned() } else { self.quote(name) }
    }

    /// `text` as a string literal.
    #[must_use]
    pub fn literal(self, text: &str) -> String {
        // PostgreSQL reads backslashes literally in plain strings (standard_conforming_strings, on since 9.1).
        format!("'{}'", text.replace('\'', "''").replace('\0', ""))
    }

    /// Human name.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// Words that SQLite or PostgreSQL reserve, plus those that are legal but confuse readers (`date`, `value`).
const RESERVED: &[&str] = &[
    "abort",
    "action",
    "add",
    "after",
    "all",
    "alter",
    "always",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "attach",
    "authorization",
    "autoincrement",
    "before",
    "begin",
    "between",
    "binary",
    "both",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "conflict",
    "constraint",
    "create",
    "cross",
    "current",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "database",
    "date",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "distinct",
    "do",
    "drop",
    "each",
    "else",
    "end",
    "escape",
    "except",
    "exclude",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "false",
    "fetch",
    "filter",
    "first",
    "following",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "generated",
    "glob",
    "grant",
    "group",
    "groups",
    "having",
    "if",
    "ignore",
    "ilike",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "last",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "match",
    "materialized",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "others",
    "outer",
    "over",
    "overlaps",
    "partition",
    "placing",
    "plan",
    "pragma",
    "preceding",
    "primary",
    "query",
    "raise",
    "range",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "temp",
    "temporary",
    "then",
    "ties",
    "time",
    "timestamp",
    "to",
    "trailing",
    "transaction",
    "trigger",
    "true",
    "unbounded",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "vacuum",
    "value",
    "values",
    "variadic",
    "verbose",
    "view",
    "virtual",
    "when",
    "where",
    "window",
    "with",
    "without",
];

fn is_reserved(name: &str) -> bool {
    RESERVED.binary_search(&name.to_ascii_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn names_are_quoted_when_the_dialect_would_read_them_differently() {
        assert_eq!(Dialect::Postgres.quote_if_needed("orders"), "orders");
        assert_eq!(Dialect::Postgres.quote_if_needed("Orders"), "\"Orders\"");
        assert_eq!(Dialect::Sqlite.quote_if_needed("Orders"), "Orders");
        assert_eq!(Dialect::Sqlite.quote_if_needed("date"), "\"date\"");
        assert_eq!(Dialect::Sqlite.quote_if_needed("a b"), "\"a b\"");
        assert_eq!(Dialect::Sqlite.quote_if_needed("1st"), "\"1st\"");
        assert_eq!(Dialect::Postgres.quote_if_needed("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(Dialect::Postgres.quote_if_needed("straße"), "\"straße\"");
    }

    #[test]
    fn literals_double_their_quotes() {
        assert_eq!(Dialect::Sqlite.literal("O'Hara"), "'O''Hara'");
    }
}
