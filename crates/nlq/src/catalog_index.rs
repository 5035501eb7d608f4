//! What is prepared once per data source: words of names, facts about columns, cell values, the join graph.

mod graph;
mod siblings;
mod terms;
mod values;
mod words;

pub(crate) use graph::{Edge, JoinTree};

use datafyme_domain::{
    BusinessTerm, Catalog, Column, ColumnProfile, ColumnType, Dialect, Relation, Table, TableDocumentation, TableKind,
    TableRef, Value,
};
use std::collections::HashMap;

/// What is known about a data source.
#[derive(Debug, Clone, Copy)]
pub struct Knowledge<'a> {
    /// Structure and profiles.
    pub catalog: &'a Catalog,
    /// How tables join.
    pub relations: &'a [Relation],
    /// What tables mean.
    pub documentation: &'a [TableDocumentation],
}

/// Position of a table in the index.
pub(crate) type TableId = usize;
/// Position of a column in the index.
pub(crate) type ColumnId = usize;

/// A data source, prepared for matching questions with it. Immutable and shared between threads.
#[derive(Debug)]
pub struct CatalogIndex {
    pub(crate) dialect: Dialect,
    pub(crate) tables: Vec<TableFacts>,
    pub(crate) columns: Vec<ColumnFacts>,
    pub(crate) values: values::ValueIndex,
    pub(crate) graph: graph::Graph,
    /// Distinct words of all names → where they stand.
    pub(crate) vocabulary: HashMap<String, Vec<WordUse>>,
    by_name: HashMap<TableRef, TableId>,
    nil_table: TableFacts,
    nil_column: ColumnFacts,
}

/// Where a word of a name stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WordUse {
    pub of: Named,
    /// Which of the names of it: 0 is the real one, others are synonyms.
    pub name: usize,
    /// Position in that name.
    pub position: usize,
}

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Named {
    Table(TableId),
    Column(ColumnId),
}

/// A table, as far as matching and planning need it.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableFacts {
    pub name: Option<TableRef>,
    /// Plural words: `order items`.
    pub label: String,
    /// Stems of the name and of each synonym.
    pub names: Vec<Vec<String>>,
    pub columns: Vec<ColumnId>,
    pub primary_key: Vec<ColumnId>,
    pub rows: u64,
    /// Column that names a row for people.
    pub title: Option<ColumnId>,
    /// A view: what it shows is shown by tables as well.
    pub view: bool,
    /// Mostly foreign keys: stands between two others.
    pub link: bool,
    /// Equal-shaped tables read as one; empty for an ordinary table.
    pub siblings: Vec<crate::plan::Sibling>,
    pub sibling_label: Option<ColumnId>,
    /// Part of a family of equal-shaped tables: only reached through its family, or by its exact name.
    pub hidden: bool,
    /// For a table of balances per date: the date column.
    pub snapshot_date: Option<ColumnId>,
}

/// A column, as far as matching and planning need it.
#[derive(Debug, Clone)]
pub(crate) struct ColumnFacts {
    pub table: TableId,
    pub name: String,
    pub label: String,
    /// Stems of the name and of each synonym, without the table's own words.
    pub names: Vec<Vec<String>>,
    /// Stems of the name's words that only repeat the table's name.
    pub table_words: Vec<String>,
    pub column_type: ColumnType,
    pub nullable: bool,
    pub key: bool,
    pub foreign_key: bool,
    pub numeric: bool,
    /// Numbers kept in a text column.
    pub numeric_text: bool,
    pub temporal: bool,
    pub date_format: Option<String>,
    /// Whole numbers that are years.
    pub year: bool,
    /// A key or code: nobody adds it up.
    pub identifier: bool,
    /// Names a thing for people.
    pub title: bool,
    pub unique: bool,
    pub distinct: u64,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// A balance per date: not added up over dates.
    pub balance: bool,
    /// How many columns of the catalog have this name.
    pub same_name: usize,
    /// Few distinct short values: a code such as M/F or Y/N.
    pub codes: Vec<String>,
    /// What stands for it in SQL, where it is a figure that people defined and no column of the table.
    pub expression: Option<Vec<crate::plan::ExpressionPart>>,
}

impl Default for ColumnFacts {
    fn default() -> Self {
        Self {
            table: 0,
            name: String::new(),
            label: String::new(),
            names: Vec::new(),
            table_words: Vec::new(),
            column_type: ColumnType::Other,
            nullable: true,
            key: false,
            foreign_key: false,
            numeric: false,
            numeric_text: false,
            temporal: false,
            date_format: None,
            year: false,
            identifier: false,
            title: false,
            unique: false,
            distinct: 0,
            min: None,
            max: None,
            balance: false,
            same_name: 1,
            codes: Vec::new(),
            expression: None,
        }
    }
}

impl ColumnFacts {
    /// Sums and averages make sense.
    pub(crate) fn is_measure(&self) -> bool {
        (self.numeric || self.numeric_text) && !self.identifier && !self.key && !self.foreign_key
    }

    /// Ordered by size or time.
    pub(crate) fn is_ordered(&self) -> bool {
        self.numeric || self.numeric_text || self.temporal
    }
}

impl CatalogIndex {
    /// Prepares a data source: a millisecond or less per hundred columns, however many there are.
    #[must_use]
    pub fn build(knowledge: Knowledge<'_>) -> Self {
        Self::build_with_terms(knowledge, &[])
    }

    /// As [`Self::build`], with words of the business: other names of tables, columns and values, and figures that
    /// people defined. A term whose table or column the catalog does not have is left out.
    #[must_use]
    pub fn build_with_terms(knowledge: Knowledge<'_>, terms: &[BusinessTerm]) -> Self {
        let mut index = Self {
            dialect: knowledge.catalog.dialect,
            tables: Vec::new(),
            columns: Vec::new(),
            values: values::ValueIndex::default(),
            graph: graph::Graph::default(),
            vocabulary: HashMap::new(),
            by_name: HashMap::new(),
            nil_table: TableFacts::default(),
            nil_column: ColumnFacts::default(),
        };
        let documented: HashMap<&TableRef, &TableDocumentation> =
            knowledge.documentation.iter().map(|d| (&d.table, d)).collect();
        for table in &knowledge.catalog.tables {
            index.add_table(table, documented.get(&table.name).copied());
        }
        index.graph = graph::Graph::build(&index, knowledge.relations);
        index.mark_foreign_keys();
        index.find_keys();
        siblings::add_families(&mut index, knowledge.catalog);
        index.finish_tables();
        index.add_terms(knowledge.catalog, terms);
        index.count_names();
        index.fill_vocabulary();
        index.values.shrink();
        index.columns.shrink_to_fit();
        index.tables.shrink_to_fit();
        index
    }

    pub(crate) fn table(&self, id: TableId) -> &TableFacts {
        self.tables.get(id).unwrap_or(&self.nil_table)
    }

    pub(crate) fn column(&self, id: ColumnId) -> &ColumnFacts {
        self.columns.get(id).unwrap_or(&self.nil_column)
    }

    pub(crate) fn table_of(&self, column: ColumnId) -> TableId {
        self.column(column).table
    }

    pub(crate) fn find_table(&self, name: &TableRef) -> Option<TableId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn find_column(&self, table: TableId, name: &str) -> Option<ColumnId> {
        let own = self.table(table).columns.iter().copied().find(|c| self.column(*c).name == name);
        own.or_else(|| self.columns.iter().position(|c| c.table == table && c.expression.is_some() && c.name == name))
    }

    /// Whether a folded word is a cell, or stands in one.
    pub(crate) fn is_in_a_cell(&self, word: &str) -> bool {
        let key = crate::tokens::value_key(word);
        !self.values.exact(&key).is_empty() || !self.values.containing(&key).is_empty()
    }

    /// The text in English words, where it is in Hungarian.
    pub(crate) fn in_english(&self, text: &str) -> Option<String> {
        crate::hungarian::to_english(text, &|word| self.is_in_a_cell(word))
    }

    fn add_table(&mut self, table: &Table, documentation: Option<&TableDocumentation>) {
        let id = self.tables.len();
        let own_words = words::table_words(&table.name.table);
        let own_stems = words::stems(&own_words);
        let mut names = vec![own_stems.clone()];
        if let Some(documentation) = documentation {
            names.extend(documentation.synonyms.iter().map(|s| words::phrase_stems(s)));
        }
        if let Some(plain) = words::without_filing_words(&own_stems) {
            names.push(plain);
        }
        let mut facts = TableFacts {
            name: Some(table.name.clone()),
            label: words::plural_label(&own_words),
            names,
            rows: table.rows().unwrap_or(0),
            view: matches!(table.kind, TableKind::View | TableKind::MaterializedView),
            ..TableFacts::default()
        };
        for column in &table.columns {
            let profile = table.profile.as_ref().and_then(|p| p.column(&column.name));
            let synonyms = documentation
                .and_then(|d| d.columns.iter().find(|c| c.column == column.name))
                .map_or(&[][..], |c| c.synonyms.as_slice());
            let column_id = self.columns.len();
            let mut built = column_facts(id, column, profile, &own_stems, synonyms);
            built.key = table.primary_key.len() == 1 && table.primary_key.contains(&column.name);
            built.unique |= built.key || table.unique_keys.iter().any(|k| k.len() == 1 && k.contains(&column.name));
            if let Some(profile) = profile {
                self.values.add(column_id, &built, profile);
            }
            self.columns.push(built);
            facts.columns.push(column_id);
            if table.primary_key.contains(&column.name) {
                facts.primary_key.push(column_id);
            }
        }
        self.by_name.insert(table.name.clone(), id);
        self.tables.push(facts);
    }

    fn mark_foreign_keys(&mut self) {
        let children: Vec<ColumnId> = self.graph.edges.iter().flat_map(|e| e.child_columns.clone()).collect();
        for id in children {
            if let Some(column) = self.columns.get_mut(id) {
                column.foreign_key = true;
            }
        }
    }

    /// A table without a declared key has one where others refer to a column of it that is unique in the data.
    fn find_keys(&mut self) {
        let referred: Vec<(TableId, ColumnId)> = self
            .graph
            .edges
            .iter()
            .filter_map(|e| match e.parent_columns.as_slice() {
                [one] => Some((e.parent, *one)),
                _ => None,
            })
            .collect();
        for (table, column) in referred {
            if !self.table(table).primary_key.is_empty() || !self.column(column).unique {
                continue;
            }
            if let Some(facts) = self.tables.get_mut(table) {
                facts.primary_key = vec![column];
            }
            if let Some(facts) = self.columns.get_mut(column) {
                facts.key = true;
            }
        }
    }

    fn finish_tables(&mut self) {
        for id in 0..self.tables.len() {
            let columns = self.table(id).columns.clone();
            let link = columns.len() >= 2
                && columns.iter().filter(|c| self.column(**c).foreign_key).count() >= 2
                && columns.iter().all(|c| self.column(*c).foreign_key || self.column(*c).key || columns.len() <= 3);
            let title = words::title_column(self, id);
            let snapshot = words::snapshot_date(self, id);
            if let Some((date, measure)) = snapshot
                && let Some(column) = self.columns.get_mut(measure)
            {
                column.balance = true;
                for word in ["unit", "stock", "quantity", "level"] {
                    column.names.push(vec![word.to_owned()]);
                }
                if let Some(table) = self.tables.get_mut(id) {
                    table.snapshot_date = Some(date);
                }
            }
            if let Some(table) = self.tables.get_mut(id) {
                table.link = link;
                table.title = title;
            }
        }
    }

    fn count_names(&mut self) {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for column in &self.columns {
            *counts.entry(column.name.to_lowercase()).or_default() += 1;
        }
        for column in &mut self.columns {
            column.same_name = counts.get(&column.name.to_lowercase()).copied().unwrap_or(1);
        }
    }

    fn fill_vocabulary(&mut self) {
        let mut vocabulary: HashMap<String, Vec<WordUse>> = HashMap::new();
        for (id, table) in self.tables.iter().enumerate() {
            if !table.hidden {
                add_words(&mut vocabulary, Named::Table(id), &table.names);
            }
        }
        for (id, column) in self.columns.iter().enumerate() {
            if !self.table(column.table).hidden {
                add_words(&mut vocabulary, Named::Column(id), &column.names);
            }
        }
        self.vocabulary = vocabulary;
    }
}

fn add_words(vocabulary: &mut HashMap<String, Vec<WordUse>>, of: Named, names: &[Vec<String>]) {
    for (name, words) in names.iter().enumerate() {
        for (position, word) in words.iter().enumerate() {
            vocabulary.entry(word.clone()).or_default().push(WordUse { of, name, position });
        }
    }
}

fn column_facts(
    table: TableId,
    column: &Column,
    profile: Option<&ColumnProfile>,
    table_stems: &[String],
    synonyms: &[String],
) -> ColumnFacts {
    let own_words = words::name_words(&column.name);
    let own_stems = words::stems(&own_words);
    let core = words::without_table_words(&own_stems, table_stems);
    let table_words = own_stems.iter().filter(|w| !core.contains(w)).cloned().collect();
    let mut names = vec![core];
    names.extend(synonyms.iter().map(|s| words::phrase_stems(s)));
    let date_format = profile.and_then(|p| p.text_date_format.clone());
    let text_is_numeric = profile.is_some_and(|p| p.text_is_numeric) && column.column_type == ColumnType::Text;
    let last = own_words.last().map_or("", String::as_str);
    let id_like = matches!(last, "id" | "code" | "key" | "uuid" | "isbn" | "ssn" | "phone" | "zip" | "zipcode")
        || own_words.iter().any(|w| matches!(w.as_str(), "phone" | "fax" | "zip" | "postal"));
    let numeric = column.column_type.is_numeric();
    let (min, max) = (profile.and_then(|p| number(&p.min)), profile.and_then(|p| number(&p.max)));
    let in_years = min.is_some_and(|m| m >= 1000.0) && max.is_some_and(|m| m <= 2200.0);
    let yearly = own_words
        .iter()
        .any(|w| matches!(w.as_str(), "year" | "founded" | "season" | "creation" | "opened" | "built" | "since"));
    let temporal = column.column_type.is_temporal() || date_format.is_some();
    ColumnFacts {
        table,
        name: column.name.clone(),
        label: own_words.join(" "),
        names,
        table_words,
        column_type: column.column_type,
        nullable: column.nullable && profile.is_none_or(|p| p.null_share > 0.0),
        numeric,
        numeric_text: text_is_numeric,
        temporal,
        year: (numeric || text_is_numeric) && yearly && (in_years || min.is_none()),
        identifier: id_like,
        title: matches!(last, "name" | "title" | "forename" | "surname" | "nickname") && !temporal,
        unique: profile.is_some_and(ColumnProfile::is_unique),
        distinct: profile.map_or(0, |p| p.distinct),
        min,
        max,
        codes: profile.map_or_else(Vec::new, codes),
        date_format,
        ..ColumnFacts::default()
    }
}

fn codes(profile: &ColumnProfile) -> Vec<String> {
    let few = profile.distinct <= 4 && !profile.distinct_capped;
    if few && profile.values.iter().all(|v| v.chars().count() <= 3) {
        profile.values.iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Text(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    }
}
