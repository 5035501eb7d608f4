//! Families of equal-shaped tables whose names differ in one word (`attendance_us`, `attendance_hu`): read as one
//! table with a column that tells them apart.

use super::{
    CatalogIndex, ColumnFacts, ColumnId, ColumnNames, Edge, TableFacts, TableId, values::GatheredValues, words,
};
use crate::{lexicon, plan::Sibling};
use datafyme_domain::{Catalog, ColumnType, names::identifier_words};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

struct Member {
    table: TableId,
    label: String,
}

pub(super) fn add_families(index: &mut CatalogIndex, catalog: &Catalog, values: &mut GatheredValues) {
    for (words, members) in families(index, catalog) {
        add_family(index, &words, &members, values);
    }
    let tables = index.tables.len();
    index.graph.connect(tables);
}

/// Families by the words that their tables share.
fn families(index: &CatalogIndex, catalog: &Catalog) -> Vec<(Vec<String>, Vec<Member>)> {
    // Shape: names of the columns without the word that differs. Each is kept once and known by its number.
    let mut shapes: HashMap<String, usize> = HashMap::new();
    let mut by_rest: BTreeMap<(Vec<String>, usize), Vec<Member>> = BTreeMap::new();
    for (id, table) in catalog.tables.iter().enumerate() {
        let own = identifier_words(&table.name.table);
        if own.len() < 2 {
            continue;
        }
        if table.columns.len() < 2 {
            continue;
        }
        let mut shape = String::new();
        for column in &table.columns {
            shape.push_str(&column.name.to_lowercase());
            shape.push(if column.column_type.is_numeric() { '\u{1}' } else { '\u{0}' });
        }
        let number = shapes.len();
        let shape = *shapes.entry(shape).or_insert(number);
        for (at, label) in own.iter().enumerate() {
            let rest: Vec<String> = own.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, w)| w.clone()).collect();
            by_rest.entry((rest, shape)).or_default().push(Member { table: id, label: label.clone() });
        }
    }
    by_rest
        .into_iter()
        .filter(|(_, members)| members.len() >= 2)
        .filter(|(_, members)| {
            let countries = members.iter().all(|m| !lexicon::country_codes(&m.label).is_empty());
            let years = members.iter().all(|m| m.label.len() == 4 && m.label.parse::<u32>().is_ok());
            countries || years || (members.len() >= 3 && members.iter().all(|m| m.label.len() <= 12))
        })
        .filter(|(_, members)| members.iter().all(|m| m.table < index.tables.len()))
        .map(|((rest, _), members)| (rest, members))
        .collect()
}

fn add_family(index: &mut CatalogIndex, shared: &[String], members: &[Member], values: &mut GatheredValues) {
    let Some(first) = members.first() else { return };
    if members.iter().any(|m| index.table(m.table).hidden) {
        return;
    }
    let id = index.tables.len();
    let template = index.table(first.table).clone();
    let all_countries = members.iter().all(|m| !lexicon::country_codes(&m.label).is_empty());
    let label_name = label_name(index, &template, all_countries, members);
    let mut facts = TableFacts {
        name: template.name.clone(),
        label: words::plural_label(shared),
        names: vec![words::stems(shared)],
        rows: members.iter().map(|m| index.table(m.table).rows).sum(),
        ..TableFacts::default()
    };
    let label_column = index.columns.len();
    index.columns.push(label_facts(id, label_name, members.len()));
    facts.columns.push(label_column);
    facts.sibling_label = Some(label_column);
    let mut moved: BTreeMap<ColumnId, ColumnId> = BTreeMap::new();
    for column in &template.columns {
        let mut copy = index.column(*column).clone();
        copy.table = id;
        copy.key = false;
        moved.insert(*column, index.columns.len());
        facts.columns.push(index.columns.len());
        index.columns.push(copy);
    }
    for member in members {
        let Some(name) = index.table(member.table).name.clone() else {
            continue;
        };
        values.put_label(label_column, &member.label, &member.label);
        for synonym in lexicon::country_codes(&member.label) {
            values.put_label(label_column, synonym, &member.label);
        }
        facts.siblings.push(Sibling { table: name, label: member.label.clone() });
        if let Some(table) = index.tables.get_mut(member.table) {
            table.hidden = true;
        }
    }
    lift_edges(index, id, members, &template, &moved);
    index.tables.push(facts);
}

fn label_facts(table: TableId, name: &str, distinct: usize) -> ColumnFacts {
    ColumnFacts {
        table,
        called: Arc::new(ColumnNames {
            name: name.to_owned(),
            label: name.to_owned(),
            names: vec![words::phrase_stems(name)],
            table_words: Vec::new(),
        }),
        column_type: ColumnType::Text,
        nullable: false,
        distinct: distinct as u64,
        ..ColumnFacts::default()
    }
}

fn label_name(index: &CatalogIndex, template: &TableFacts, countries: bool, members: &[Member]) -> &'static str {
    let years = members.iter().all(|m| m.label.parse::<u32>().is_ok());
    let wanted = if countries {
        "country"
    } else if years {
        "year"
    } else {
        "part"
    };
    let taken = template.columns.iter().any(|c| index.column(*c).name.eq_ignore_ascii_case(wanted));
    if taken { "source_table" } else { wanted }
}

/// What any member joins with, the family joins with; between two families, the country must agree as well.
fn lift_edges(
    index: &mut CatalogIndex,
    id: TableId,
    members: &[Member],
    template: &TableFacts,
    moved: &BTreeMap<ColumnId, ColumnId>,
) {
    let mut lifted: Vec<Edge> = Vec::new();
    for edge in index.graph.edges.clone() {
        for member in members {
            if edge.child != member.table && edge.parent != member.table {
                continue;
            }
            let other = edge.other(member.table);
            if members.iter().any(|m| m.table == other) || index.table(other).hidden {
                continue;
            }
            let own: Option<Vec<ColumnId>> = edge
                .columns_of(member.table)
                .iter()
                .map(|c| {
                    let name = &index.column(*c).name;
                    template
                        .columns
                        .iter()
                        .find(|t| &index.column(**t).name == name)
                        .and_then(|t| moved.get(t).copied())
                })
                .collect();
            let Some(own) = own else { continue };
            let is_child = edge.child == member.table;
            let new = Edge {
                child: if is_child { id } else { other },
                child_columns: if is_child { own.clone() } else { edge.child_columns.clone() },
                parent: if is_child { other } else { id },
                parent_columns: if is_child { edge.parent_columns.clone() } else { own },
                one_to_one: false,
                ..edge.clone()
            };
            let known = lifted.iter().any(|e| {
                (e.child, e.parent, &e.child_columns) == (new.child, new.parent, &new.child_columns)
                    || (e.child == new.parent && e.parent == new.child)
            });
            if !known {
                lifted.push(new);
            }
        }
    }
    index.graph.edges.extend(lifted);
}
