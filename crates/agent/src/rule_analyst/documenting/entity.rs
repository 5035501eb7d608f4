//! What the rows of a table are called.

use datafyme_domain::{Table, names};

/// One row, and many, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entity {
    /// `order`
    pub(super) one: String,
    /// `orders`; `stock entries` where the name is no plural.
    pub(super) many: String,
    /// Whether the table's name is a plural, so that its rows are surely that.
    pub(super) counted: bool,
}

impl Entity {
    /// From the table's name: its last word in the singular.
    pub(super) fn of(table: &Table) -> Self {
        let name = words(&table.name.table);
        let (head, last) = name.rsplit_once(' ').unwrap_or(("", name.as_str()));
        let single = names::singular(&last.to_lowercase());
        let counted = single != last.to_lowercase();
        let single = if counted { single } else { last.to_owned() };
        let one = if head.is_empty() { single } else { format!("{head} {single}") };
        Self { many: if counted { name.clone() } else { format!("{one} entries") }, one, counted }
    }
}

/// An identifier in words, diacritics kept: `order_items` → `order items`, `CustomerID` → `customer id`.
pub(super) fn words(identifier: &str) -> String {
    if identifier.is_ascii() {
        return names::identifier_words(identifier).join(" ");
    }
    identifier.replace(['_', '-', '.'], " ").to_lowercase()
}
