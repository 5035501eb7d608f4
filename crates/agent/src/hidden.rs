//! What people set aside: tables and columns that no answer reads, no model sees and no search finds.
//!
//! They are taken out of the catalog before anybody reasons over it, and out of what the guard allows; a question that
//! asks for one is declined with just that reason, rather than answered with something else.

use datafyme_domain::{
    Catalog, Relation, Table, TableDocumentation, TableRef,
    names::{identifier_words, stem, text_words},
};
use std::collections::{HashMap, HashSet};

/// Words that say nothing of what a column is about.
const GENERIC: &[&str] = &[
    "id", "code", "key", "no", "number", "count", "total", "amount", "sum", "average", "avg", "max", "min", "value",
    "name", "type", "date", "time", "day", "month", "year", "of", "the", "a", "is", "has", "data", "status", "text",
    "new", "old", "all", "first", "last", "list", "and", "in", "per", "by", "to", "for", "at", "on", "from",
];

/// What is hidden of a data source.
#[derive(Debug, Clone, Default)]
pub struct Hidden {
    columns: Vec<(TableRef, String)>,
    names: Vec<HiddenName>,
    /// Stems of the names of what is not hidden.
    visible: HashSet<String>,
    /// These names, whole.
    visible_names: HashSet<Vec<String>>,
}

#[derive(Debug, Clone)]
struct HiddenName {
    /// For people: `people.salary`.
    label: String,
    words: Vec<String>,
    /// Of a column: the words of its table's name.
    table_words: Vec<String>,
}

impl Hidden {
    /// Columns of visible tables that are hidden.
    #[must_use]
    pub fn columns(&self) -> &[(TableRef, String)] {
        &self.columns
    }

    /// Whether nothing is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What the question asks for that is hidden, if it does: it uses a word that only hidden names have, a whole name
    /// that only something hidden has, or the name of a hidden column together with its table's.
    #[must_use]
    pub fn asked_for(&self, question: &str) -> Option<&str> {
        if self.names.is_empty() {
            return None;
        }
        let asked: Vec<String> = text_words(question).iter().map(|w| stem(w)).collect();
        let found = self.names.iter().find(|name| {
            let special = |w: &&String| !GENERIC.contains(&w.as_str());
            let telling = |w: &&String| special(w) && !self.visible.contains(*w);
            name.words.iter().filter(telling).any(|w| asked.contains(w))
                || (name.words.iter().any(|w| special(&w))
                    && !self.visible_names.contains(&name.words)
                    && follow(&asked, &name.words))
                || (!name.table_words.is_empty()
                    && follow(&asked, &name.words)
                    && name.table_words.iter().all(|w| asked.contains(w)))
        });
        found.map(|name| name.label.as_str())
    }
}

fn follow(asked: &[String], words: &[String]) -> bool {
    !words.is_empty() && asked.windows(words.len()).any(|w| w == words)
}

fn stems(name: &str) -> Vec<String> {
    identifier_words(name).iter().map(|w| stem(w)).collect()
}

/// Whether anything is hidden.
pub(crate) fn is_any(documentation: &[TableDocumentation]) -> bool {
    documentation.iter().any(|d| d.hidden || d.columns.iter().any(|c| c.hidden))
}

/// The catalog without what is hidden, and what that is. `more_names` are other words for what is visible.
pub(crate) fn split<'a>(
    mut catalog: Catalog,
    documentation: &[TableDocumentation],
    more_names: impl Iterator<Item = &'a str>,
) -> (Catalog, Hidden) {
    if !is_any(documentation) {
        return (catalog, Hidden::default());
    }
    let mut hidden = Hidden::default();
    for documented in documentation {
        note(&mut hidden, &catalog, documented);
    }
    let gone: HashSet<&TableRef> = documentation.iter().filter(|d| d.hidden).map(|d| &d.table).collect();
    catalog.tables.retain(|t| !gone.contains(&t.name));
    for table in &mut catalog.tables {
        let columns: Vec<&str> =
            hidden.columns.iter().filter(|(of, _)| *of == table.name).map(|(_, column)| column.as_str()).collect();
        if !columns.is_empty() {
            take_out(table, &columns);
        }
    }
    let kept: HashSet<TableRef> = catalog.tables.iter().map(|t| t.name.clone()).collect();
    for table in &mut catalog.tables {
        table.foreign_keys.retain(|k| kept.contains(&k.to_table));
    }
    let documented: HashMap<&TableRef, &TableDocumentation> = documentation.iter().map(|d| (&d.table, d)).collect();
    let mut visible: HashSet<Vec<String>> = HashSet::new();
    for table in &catalog.tables {
        visible.insert(stems(&table.name.table));
        visible.extend(table.columns.iter().map(|c| stems(&c.name)));
        if let Some(documented) = documented.get(&table.name) {
            let shown = documented.columns.iter().filter(|c| !c.hidden);
            let names = documented.synonyms.iter().chain(shown.flat_map(|c| &c.synonyms));
            visible.extend(names.map(|n| stems(n)));
        }
    }
    visible.extend(more_names.map(stems));
    hidden.visible = visible.iter().flatten().cloned().collect();
    hidden.visible_names = visible;
    (catalog, hidden)
}

fn note(hidden: &mut Hidden, catalog: &Catalog, documented: &TableDocumentation) {
    let Some(table) = catalog.get(&documented.table) else { return };
    let mut add = |label: &str, table_words: &[String], names: Vec<&str>| {
        for name in names {
            let words = stems(name);
            hidden.names.push(HiddenName { label: label.to_owned(), words, table_words: table_words.to_vec() });
        }
    };
    let names = |own: &'_ str, synonyms: &'_ [String]| -> Vec<String> {
        std::iter::once(own.to_owned()).chain(synonyms.iter().cloned()).collect()
    };
    if documented.hidden {
        let all = names(&table.name.table, &documented.synonyms);
        add(&table.name.to_string(), &[], all.iter().map(String::as_str).collect());
        return;
    }
    let table_words = stems(&table.name.table);
    let mut columns = Vec::new();
    for column in documented.columns.iter().filter(|c| c.hidden && table.column(&c.column).is_some()) {
        let all = names(&column.column, &column.synonyms);
        let label = format!("{}.{}", table.name, column.column);
        add(&label, &table_words, all.iter().map(String::as_str).collect());
        columns.push((table.name.clone(), column.column.clone()));
    }
    hidden.columns.extend(columns);
}

fn take_out(table: &mut Table, columns: &[&str]) {
    let gone = |name: &String| columns.contains(&name.as_str());
    table.columns.retain(|c| !gone(&c.name));
    if table.primary_key.iter().any(gone) {
        table.primary_key.clear();
    }
    table.unique_keys.retain(|k| !k.iter().any(gone));
    table.foreign_keys.retain(|k| !k.columns.iter().any(gone));
    if let Some(profile) = &mut table.profile {
        profile.columns.retain(|c| !gone(&c.column));
    }
}

/// Relations between what the catalog has: what is hidden is joined with nothing.
pub(crate) fn visible_relations(catalog: &Catalog, mut relations: Vec<Relation>) -> Vec<Relation> {
    let has = |table: &TableRef, columns: &[String]| {
        catalog.get(table).is_some_and(|t| columns.iter().all(|c| t.column(c).is_some()))
    };
    relations.retain(|r| has(&r.from_table, &r.from_columns) && has(&r.to_table, &r.to_columns));
    relations
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use datafyme_domain::{Column, ColumnDocumentation, ColumnType, DataSourceId, Dialect, TableKind};

    fn table(name: &str, columns: &[&str]) -> Table {
        let column = |name: &&str| Column {
            name: (*name).to_owned(),
            column_type: ColumnType::Text,
            declared_type: String::new(),
            nullable: true,
            default: None,
            comment: None,
            enum_values: Vec::new(),
        };
        Table {
            name: TableRef::bare(name),
            kind: TableKind::Table,
            comment: None,
            columns: columns.iter().map(column).collect(),
            primary_key: vec!["id".to_owned()],
            unique_keys: Vec::new(),
            foreign_keys: Vec::new(),
            row_estimate: None,
            partitions: None,
            profile: None,
        }
    }

    fn documentation(table: &str, hidden: bool, columns: &[&str]) -> TableDocumentation {
        let column = |name: &&str| ColumnDocumentation {
            column: (*name).to_owned(),
            synonyms: vec!["wage".to_owned()],
            hidden: true,
            ..ColumnDocumentation::default()
        };
        TableDocumentation {
            source_id: DataSourceId::generate(),
            table: TableRef::bare(table),
            business_description: String::new(),
            technical_description: String::new(),
            columns: columns.iter().map(column).collect(),
            use_cases: Vec::new(),
            common_questions: Vec::new(),
            synonyms: Vec::new(),
            hidden,
            generated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn shop() -> (Catalog, Hidden) {
        let tables = vec![
            table("employees", &["id", "name", "annual_salary", "total_number"]),
            table("products", &["id", "name", "price", "audit_log_id"]),
            table("audit_log", &["id", "price"]),
        ];
        let catalog = Catalog { dialect: Dialect::Sqlite, tables };
        let documentation =
            [documentation("employees", false, &["annual_salary", "name"]), documentation("audit_log", true, &[])];
        split(catalog, &documentation, std::iter::empty())
    }

    #[test]
    fn what_is_hidden_is_gone_from_the_catalog() {
        let (catalog, hidden) = shop();
        assert_eq!(catalog.tables.len(), 2);
        let employees = catalog.get(&TableRef::bare("employees")).unwrap();
        let names: Vec<&str> = employees.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "total_number"]);
        assert_eq!(hidden.columns().len(), 2);
    }

    #[test]
    fn a_question_for_it_is_recognised() {
        let (_, hidden) = shop();
        for (question, label) in [
            ("What is the average salary?", "employees.annual_salary"),
            ("highest wage per year", "employees.annual_salary"),
            ("show the audit log", "audit_log"),
            ("names of the employees", "employees.name"),
        ] {
            assert_eq!(hidden.asked_for(question), Some(label), "{question}");
        }
        for question in ["names of the products", "total number of employees", "price of each product", ""] {
            assert_eq!(hidden.asked_for(question), None, "{question}");
        }
    }
}
