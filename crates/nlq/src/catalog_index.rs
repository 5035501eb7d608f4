//! What is prepared once per data source: words of names, facts about columns, cell values, the join graph.

mod facts;
mod graph;
mod siblings;
mod terms;
mod values;
mod words;

pub(crate) use facts::{ColumnFacts, ColumnNames, Named, TableFacts, WordUse};
pub(crate) use graph::{Edge, JoinTree};

use datafyme_domain::{BusinessTerm, Catalog, Dialect, Relation, Table, TableDocumentation, TableKind, TableRef};
use facts::{column_facts, column_names};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

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

/// What is only needed while an index is built.
#[derive(Debug, Default)]
struct Gathered {
    values: values::GatheredValues,
    names: HashSet<Arc<ColumnNames>>,
}

impl Gathered {
    /// The names, shared with a column that has the same ones.
    fn shared(&mut self, names: ColumnNames) -> Arc<ColumnNames> {
        if let Some(known) = self.names.get(&names) {
            return Arc::clone(known);
        }
        let names = Arc::new(names);
        self.names.insert(Arc::clone(&names));
        names
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
        let mut gathered = Gathered::default();
        for table in &knowledge.catalog.tables {
            index.add_table(table, documented.get(&table.name).copied(), &mut gathered);
        }
        index.graph = graph::Graph::build(&index, knowledge.relations);
        index.mark_foreign_keys();
        index.find_keys();
        siblings::add_families(&mut index, knowledge.catalog, &mut gathered.values);
        index.finish_tables();
        index.add_terms(knowledge.catalog, terms, &mut gathered.values);
        index.count_names();
        index.fill_vocabulary();
        index.values = gathered.values.finish();
        index.columns.shrink_to_fit();
        index.tables.shrink_to_fit();
        index.graph.shrink_to_fit();
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
        self.values.exact(&key).next().is_some() || !self.values.containing(&key).is_empty()
    }

    /// The text in English words, where it is in Hungarian.
    pub(crate) fn in_english(&self, text: &str) -> Option<String> {
        crate::hungarian::to_english(text, &|word| self.is_in_a_cell(word))
    }

    fn add_table(&mut self, table: &Table, documentation: Option<&TableDocumentation>, gathered: &mut Gathered) {
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
            let called = gathered.shared(column_names(column, &own_stems, synonyms));
            let mut built = column_facts(id, column, profile, called);
            built.key = table.primary_key.len() == 1 && table.primary_key.contains(&column.name);
            built.unique |= built.key || table.unique_keys.iter().any(|k| k.len() == 1 && k.contains(&column.name));
            if let Some(profile) = profile {
                gathered.values.add(column_id, &built, profile);
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
                column.also_called(["unit", "stock", "quantity", "level"].map(|word| vec![word.to_owned()]));
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
        vocabulary.values_mut().for_each(Vec::shrink_to_fit);
        vocabulary.shrink_to_fit();
        self.vocabulary = vocabulary;
    }
}

fn add_words(vocabulary: &mut HashMap<String, Vec<WordUse>>, of: Named, names: &[Vec<String>]) {
    for (name, words) in (0..u16::MAX).zip(names) {
        for (position, word) in (0..u16::MAX).zip(words) {
            let place = WordUse { of, name, position };
            match vocabulary.get_mut(word) {
                Some(places) => places.push(place),
                None => drop(vocabulary.insert(word.clone(), vec![place])),
            }
        }
    }
}
