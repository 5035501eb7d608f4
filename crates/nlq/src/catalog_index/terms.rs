//! Words of the business: more names for tables, columns and values, and figures that people defined.

use super::{CatalogIndex, ColumnFacts, ColumnNames, TableId, values::GatheredValues, words};
use crate::plan::ExpressionPart;
use datafyme_domain::{BusinessTerm, Catalog, ColumnType, Table, TermMeaning};
use std::sync::Arc;

impl CatalogIndex {
    pub(super) fn add_terms(&mut self, catalog: &Catalog, terms: &[BusinessTerm], values: &mut GatheredValues) {
        for term in terms {
            let Some(meaning) = &term.meaning else { continue };
            let Some(table) = self.find_table(meaning.table()) else { continue };
            match meaning {
                TermMeaning::Table { .. } => {
                    let names = names(term);
                    if let Some(facts) = self.tables.get_mut(table) {
                        facts.names.extend(names);
                    }
                }
                TermMeaning::Column { column, .. } => {
                    let column = self.find_column(table, column);
                    if let Some(facts) = column.and_then(|c| self.columns.get_mut(c)) {
                        facts.also_called(names(term));
                    }
                }
                TermMeaning::Value { column, value, .. } => {
                    if let Some(column) = self.find_column(table, column) {
                        for name in term.names() {
                            values.put_label(column, name, value);
                        }
                    }
                }
                TermMeaning::Expression { table: name, sql } => {
                    let Some(parts) = catalog.get(name).map(|table| parts(sql, table)) else { continue };
                    self.add_figure(table, term, parts);
                }
            }
        }
    }

    /// A figure is a number of each row, like a column that the table does not have. It stands beside the table's own
    /// columns, so that nobody takes it for one that nobody named.
    fn add_figure(&mut self, table: TableId, term: &BusinessTerm, parts: Vec<ExpressionPart>) {
        self.columns.push(ColumnFacts {
            table,
            called: Arc::new(ColumnNames {
                name: term.term.clone(),
                label: term.term.clone(),
                names: names(term),
                table_words: Vec::new(),
            }),
            column_type: ColumnType::Decimal,
            numeric: true,
            distinct: self.table(table).rows,
            expression: Some(parts),
            ..ColumnFacts::default()
        });
    }
}

fn names(term: &BusinessTerm) -> Vec<Vec<String>> {
    term.names().map(words::phrase_stems).filter(|stems| !stems.is_empty()).collect()
}

/// The expression with the columns of the table told from the rest, so that each can be qualified and quoted.
fn parts(sql: &str, table: &Table) -> Vec<ExpressionPart> {
    let mut parts: Vec<ExpressionPart> = Vec::new();
    let mut text = String::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, quoted) = token(rest, first);
        rest = rest.get(token.len()..).unwrap_or_default();
        let name = if quoted { token.get(1..token.len().saturating_sub(1)).unwrap_or_default() } else { token };
        match column(table, name, quoted) {
            Some(column) => {
                if !text.is_empty() {
                    parts.push(ExpressionPart::Text(std::mem::take(&mut text)));
                }
                parts.push(ExpressionPart::Column(column));
            }
            None => text.push_str(token),
        }
    }
    if !text.is_empty() {
        parts.push(ExpressionPart::Text(text));
    }
    parts
}

/// The next token of `rest`, and whether it is a quoted name.
fn token(rest: &str, first: char) -> (&str, bool) {
    let until = |close: char| {
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == close).map_or(rest.len(), |(i, c)| i + c.len_utf8());
        rest.get(..end).unwrap_or(rest)
    };
    match first {
        '"' | '`' => (until(first), true),
        '[' => (until(']'), true),
        '\'' => (until('\''), false),
        c if c.is_alphanumeric() || c == '_' => {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
            (rest.get(..end).unwrap_or(rest), false)
        }
        c => (rest.get(..c.len_utf8()).unwrap_or(rest), false),
    }
}

fn column(table: &Table, name: &str, quoted: bool) -> Option<String> {
    let exact = table.columns.iter().find(|c| c.name == name);
    let found = exact.or_else(|| table.columns.iter().find(|c| !quoted && c.name.eq_ignore_ascii_case(name)));
    found.map(|c| c.name.clone())
}
