//! A pair as numbers: what the classifier looks at. Every feature is bounded and none grows with the schema.

use super::{
    candidates::{Pair, Standing, coverage},
    facts::{Class, ColumnFacts},
    model::Known,
    names::NameSignals,
};
use datafyme_domain::ColumnType;
use std::sync::LazyLock;

/// Features whose products are features too where values are all there is: none of them tells alone.
const TOGETHER: [&str; 13] = [
    "value.contained",
    "value.covered",
    "shape.parent_sequence",
    "shape.child_unique",
    "key.child_sole_primary",
    "both.parent_first_key",
    "rival.coverage_rank",
    "value.gap_high",
    "type.declared_same",
    "key.child_in_primary",
    "place.child",
    "shape.child_sequence",
    "rival.reversed",
];

/// The names of the products, pair by pair.
static PRODUCTS: LazyLock<Vec<(&str, &str, String)>> = LazyLock::new(|| {
    let pairs = TOGETHER.iter().enumerate().flat_map(|(i, a)| TOGETHER.iter().skip(i + 1).map(move |b| (*a, *b)));
    pairs.map(|(a, b)| (a, b, format!("{a} × {b}"))).collect()
});

/// Named features of a pair; for pairs of which the same is known always the same ones in the same order.
#[derive(Debug, Clone, Default)]
pub struct Features(Vec<(&'static str, f64)>);

impl Features {
    /// The features in order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        self.0.iter().copied()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, name: &'static str, value: f64) {
        self.0.push((name, value));
    }

    fn flag(&mut self, name: &'static str, holds: bool) {
        self.put(name, f64::from(u8::from(holds)));
    }

    fn all<const N: usize>(&mut self, names: [&'static str; N], values: [f64; N]) {
        names.into_iter().zip(values).for_each(|(name, value)| self.put(name, value));
    }
}

/// The features of `pair`.
#[must_use]
pub fn of(
    pair: &Pair,
    child: &ColumnFacts<'_>,
    parent: &ColumnFacts<'_>,
    names: &NameSignals,
    standing: &Standing,
    known: Known,
) -> Features {
    let mut features = Features(Vec::with_capacity(192));
    of_names(&mut features, names);
    of_values(&mut features, pair, child, parent);
    of_shape(&mut features, child, parent);
    of_types(&mut features, child, parent);
    of_place(&mut features, child, parent);
    of_rivals(&mut features, standing);
    // With names and values to go by, how many rivals there are says more of the schema than of the pair.
    if known != Known::NamesAndValues {
        features.all(["rival.parents", "rival.children", "rival.above"], standing.crowd);
    }
    of_combinations(&mut features, pair, child, parent);
    if known == Known::Values {
        of_products(&mut features);
    }
    features
}

fn of_names(f: &mut Features, n: &NameSignals) {
    let not_generic = 1.0 - n.key_is_generic;
    f.all(
        ["name.same", "name.generic", "name.same_generic", "name.full", "name.table", "name.core"],
        [n.same, n.key_is_generic, n.same * (1.0 - not_generic), n.full, n.table, n.core],
    );
    f.all(
        ["name.ends_key", "name.ends_full", "name.ends_table", "name.last", "name.first", "name.abbreviates"],
        [n.ends_with_key, n.ends_with_full, n.ends_with_table, n.last_word, n.first_word, n.abbreviates],
    );
    f.put("name.initials", n.initials);
    f.all(["name.grams", "name.grams_table", "name.grams_full", "name.grams_core"], n.grams);
    f.all(["name.shared_key", "name.shared_table"], n.shared);
    f.put("name.part", n.part);
    f.all(["name.child_id", "name.key_id"], n.id_words);
    f.all(["name.child_anything", "name.key_anything"], n.anything);
    f.all(["name.key_at_home", "name.child_at_home"], n.at_home);
    f.all(["name.tables", "name.tables_wider", "name.tables_narrower"], n.tables);
    f.all(["name.length", "name.numbered"], [n.length, n.numbered]);
    f.all(["name.role", "name.people", "name.role_people"], n.role);
    f.all(["name.own_role", "name.own_suffix"], n.own_table);
    f.put("name.own_margin", n.own_margin);
    f.all(["name.counts", "name.describes"], n.measure);
    f.all(["name.prefixed", "name.table_ends", "name.glued"], [n.prefixed, n.table_ends, n.glued]);
    f.put("name.affinity", n.affinity);
}

fn of_values(f: &mut Features, pair: &Pair, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) {
    let known = pair.overlap.is_some();
    let share = pair.overlap.map_or(0.0, |o| o.share);
    let covered = coverage(pair.overlap, child, parent);
    f.flag("value.unknown", !known);
    f.put("value.contained", share);
    f.put("value.covered", covered);
    let ratio = if known { (child.distinct().max(1) as f64 / parent.distinct().max(1) as f64).ln() } else { 0.0 };
    f.put("value.ratio", ratio.clamp(-4.0, 4.0) / 4.0);
    let (mut low, mut high, mut out) = (0.0, 0.0, 0.0);
    if let (true, Some((min, max)), Some((from, to))) = (known, child.range, parent.range) {
        let width = (to - from).max(1.0);
        low = ((min - from) / width).clamp(-1.0, 1.0);
        high = ((to - max) / width).clamp(-1.0, 1.0);
        out = if min < from || max > to { 1.0 - share } else { 0.0 };
    }
    f.all(["value.gap_low", "value.gap_high", "value.outside"], [low, high, out]);
    f.flag("value.numbers", known && child.range.is_some() && parent.range.is_some());
    let lengths = if known { (child.mean_length - parent.mean_length).abs().min(8.0) / 8.0 } else { 0.0 };
    let longest = if known { (child.max_length - parent.max_length).clamp(-8.0, 8.0) / 8.0 } else { 0.0 };
    f.all(["value.length_gap", "value.longest_gap"], [lengths, longest]);
    f.flag("value.equal_sets", known && share >= 1.0 && child.distinct() == parent.distinct() && child.distinct() > 0);
}

fn of_shape(f: &mut Features, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) {
    let rows = |c: &ColumnFacts<'_>| c.table.rows().unwrap_or(0) as f64 + 1.0;
    f.put("shape.parent_distinct", (1.0 + parent.distinct() as f64).ln().min(5.0) / 5.0);
    f.put("shape.rows", (rows(child) / rows(parent)).ln().clamp(-3.0, 3.0) / 3.0);
    f.put("shape.child_unique_share", child.unique_share());
    f.flag("shape.child_unique", child.is_unique());
    f.put("shape.parent_unique_share", parent.unique_share());
    f.put("shape.child_null", child.profile.map_or(0.0, |p| p.null_share));
    let (a, b) = (child.is_sequence(), parent.is_sequence());
    f.flag("shape.child_sequence", a);
    f.flag("shape.parent_sequence", b);
    f.flag("shape.both_sequences", a && b);
    f.flag("shape.child_numbers", child.range.is_some());
    f.put("shape.child_length", child.mean_length.min(20.0) / 20.0);
    f.put("shape.parent_length", parent.mean_length.min(20.0) / 20.0);
    f.put("shape.child_spaces", child.spaces);
    f.flag("shape.child_empty", !child.has_values());
    f.flag("shape.parent_empty", !parent.has_values());
}

fn of_types(f: &mut Features, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) {
    f.flag("type.same", child.column.column_type == parent.column.column_type);
    f.flag("type.declared_same", same_declared(child, parent));
    f.flag("type.integer", child.column.column_type == ColumnType::Integer);
    f.flag("type.text", matches!(child.column.column_type, ColumnType::Text | ColumnType::Other));
    f.flag("type.number", matches!(child.column.column_type, ColumnType::Decimal | ColumnType::Float));
    f.flag("type.key_text", parent.class == Class::Text);
}

fn of_place(f: &mut Features, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) {
    let at = |c: &ColumnFacts<'_>| c.position.min(5) as f64 / 5.0;
    let last = child.table.columns.len().saturating_sub(1);
    f.all(["place.child", "place.parent"], [at(child), at(parent)]);
    f.put("place.child_share", child.position as f64 / last.max(1) as f64);
    f.flag("place.child_first", child.position == 0);
    f.flag("place.child_last", child.position == last);
    f.flag("place.parent_first", parent.position == 0);
    f.flag("place.within", child.table_position == parent.table_position);
    let before = |c: &ColumnFacts<'_>| c.keys_before.min(3) as f64 / 3.0;
    f.all(["place.child_rank", "place.parent_rank"], [before(child), before(parent)]);
    f.flag("place.child_table_without_key", child.table_without_key);
    f.flag("key.child_in_primary", child.in_primary_key);
    f.flag("key.parent_in_primary", parent.in_primary_key);
    f.flag("key.child_sole_primary", child.sole_primary_key);
    f.flag("key.parent_sole_primary", parent.sole_primary_key);
    f.put("key.child_width", child.table.primary_key.len().min(3) as f64 / 3.0);
    f.put("key.parent_width", parent.table.primary_key.len().min(3) as f64 / 3.0);
}

fn of_rivals(f: &mut Features, s: &Standing) {
    f.put("rival.reversed", s.reversed);
    f.all(["rival.coverage_rank", "rival.coverage_margin"], [s.coverage_rank, s.coverage_margin]);
    f.all(["rival.affinity_margin", "rival.affinity_rank"], [s.affinity_margin, s.affinity_rank]);
    f.all(["rival.siblings", "rival.parent_affinity"], [s.siblings, s.parent_affinity]);
    f.all(["rival.referred", "rival.referred_strongly"], s.referred);
}

/// What tells only together.
fn of_combinations(f: &mut Features, pair: &Pair, child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) {
    let yes = |holds: bool| f64::from(u8::from(holds));
    let covered = coverage(pair.overlap, child, parent);
    let known = pair.overlap.is_some();
    f.flag("both.child_own_key", child.position == 0 && child.sole_primary_key);
    f.flag("both.child_unique_no_key", child.is_unique() && !child.sole_primary_key);
    f.flag("both.parent_first_key", parent.position == 0 && parent.sole_primary_key);
    f.flag("both.covers", known && covered >= 0.9);
    let gap = yes(parent.is_sequence()) * (1.0 - covered);
    f.all(["both.sequence_gap", "both.sequences_gap"], [gap, gap * yes(child.is_sequence())]);
    f.flag("both.sequence_unique", parent.is_sequence() && child.is_unique());
    f.flag("both.declared_first", same_declared(child, parent) && parent.position == 0);
    f.flag("both.first_sequences", child.is_sequence() && parent.is_sequence() && child.position == 0);
}

fn of_products(f: &mut Features) {
    let value = |name: &str| f.0.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, v)| *v);
    let together = TOGETHER.map(|name| (name, value(name)));
    let of = |name: &str| together.iter().find(|(n, _)| *n == name).map_or(0.0, |(_, v)| *v);
    for (a, b, name) in PRODUCTS.iter() {
        f.put(name, of(a) * of(b));
    }
}

fn same_declared(child: &ColumnFacts<'_>, parent: &ColumnFacts<'_>) -> bool {
    child.column.declared_type.eq_ignore_ascii_case(&parent.column.declared_type)
}
