//! How well a whole draft goes with the whole question.

use super::assemble::Used;
use crate::{
    CatalogIndex,
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Plan},
    rank::{Features, feature},
    reading::{Reading, ValueKind},
};

/// Prior and features of a draft as a whole.
pub(super) fn features(
    index: &CatalogIndex,
    reading: &Reading,
    draft: &Draft,
    plan: &Plan,
    used: &Used,
) -> (f64, Features) {
    let mut prior = 0.0;
    let mut features: Features = Vec::new();
    let mut add = |parts: &[&str], value: f32| {
        let mut all = vec!["shape"];
        all.extend(parts);
        features.push((feature(&all), value));
    };
    let unexplained = used.unexplained(reading).len();
    prior -= 0.7 * unexplained as f64;
    add(&["unexplained"], unexplained as f32);
    let tables = plan.sources.len();
    let unnamed = plan
        .sources
        .iter()
        .filter(|s| index.find_table(&s.table).is_some_and(|t| reading.table_score(t) < 0.6 && !index.table(t).link))
        .count();
    prior -= 0.35 * (tables as f64 - 1.0) + 0.3 * unnamed as f64;
    let views = plan.sources.iter().filter(|s| index.find_table(&s.table).is_some_and(|t| index.table(t).view)).count();
    prior -= 1.6 * views as f64;
    add(&["tables", &tables.min(5).to_string()], 1.0);
    add(&["unnamed"], unnamed as f32);
    add(&["select", &draft.select.len().min(5).to_string()], 1.0);
    add(&["conditions", &draft.conditions.len().min(4).to_string()], 1.0);
    let signature = signature(draft);
    add(&["signature", &signature], 1.0);
    let first = format!("{} {}", reading.lower(0), reading.lower(1));
    add(&["signature", &signature, &first], 1.0);
    for word in CUES {
        if reading.has(&[word]) {
            add(&["cue", word, &signature], 1.0);
        }
    }
    let numbers = reading.values.iter().filter(|v| matches!(v.kind, ValueKind::Number { .. })).count();
    add(&["numbers", &numbers.min(3).to_string(), &signature], 1.0);
    (prior + checks(index, reading, draft, &mut features), features)
}

const CUES: &[&str] = &[
    "each",
    "every",
    "per",
    "average",
    "total",
    "sum",
    "maximum",
    "minimum",
    "most",
    "least",
    "fewest",
    "highest",
    "lowest",
    "many",
    "number",
    "count",
    "different",
    "distinct",
    "both",
    "or",
    "and",
    "not",
    "no",
    "without",
    "never",
    "any",
    "order",
    "sorted",
    "descending",
    "ascending",
    "alphabetical",
    "than",
    "at",
    "top",
    "all",
    "also",
    "except",
    "more",
    "common",
    "largest",
    "smallest",
    "who",
    "which",
    "whose",
    "that",
    "list",
];

/// Aggregates, grouping, order and nesting in a few letters.
fn signature(draft: &Draft) -> String {
    let mut text = String::new();
    for item in &draft.select {
        text.push(match item {
            Item::Column(_) | Item::Period(..) => 'c',
            Item::Everything => '*',
            Item::CountRows => '#',
            Item::Aggregate(Aggregate::Count, ..) => 'd',
            Item::Aggregate(Aggregate::Avg, ..) => 'a',
            Item::Aggregate(Aggregate::Sum, ..) => 's',
            Item::Aggregate(Aggregate::Min, ..) => 'n',
            Item::Aggregate(Aggregate::Max, ..) => 'x',
            _ => 'r',
        });
    }
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let mut text: String = letters.into_iter().collect();
    if !draft.group.is_empty() {
        text.push('G');
    }
    if !draft.having.is_empty() {
        text.push('H');
    }
    match (draft.order.first(), draft.limit) {
        (Some((item, _)), Some(1)) => text.push_str(if item.is_aggregate() { "M1" } else { "O1" }),
        (Some((item, _)), Some(_)) => text.push_str(if item.is_aggregate() { "Mn" } else { "On" }),
        (Some((item, _)), None) => text.push_str(if item.is_aggregate() { "M" } else { "O" }),
        (None, _) => {}
    }
    if draft.conditions.iter().any(|c| matches!(c, Condition::Exists { .. })) {
        text.push('N');
    }
    if draft.conditions.iter().any(|c| matches!(c, Condition::Against(..))) {
        text.push('A');
    }
    if draft.conditions.iter().any(|c| matches!(c, Condition::Any(_))) {
        text.push('|');
    }
    if draft.compound.is_some() {
        text.push('S');
    }
    if draft.distinct {
        text.push('D');
    }
    text
}

/// Said but not done, done but not said.
fn checks(index: &CatalogIndex, reading: &Reading, draft: &Draft, features: &mut Features) -> f64 {
    let mut check = Check { index, reading, draft, features, prior: 0.0 };
    check.aggregates();
    check.groups();
    check.averages();
    check.keys();
    check.orders();
    check.columns();
    check.prior
}

/// Whether a draft does what the words ask for, and nothing that they do not.
struct Check<'a> {
    index: &'a CatalogIndex,
    reading: &'a Reading,
    draft: &'a Draft,
    features: &'a mut Features,
    prior: f64,
}

impl Check<'_> {
    fn add(&mut self, name: &str, cost: f64) {
        self.features.push((feature(&["check", name]), 1.0));
        self.prior += cost;
    }

    fn has_aggregate(&self, a: Aggregate) -> bool {
        let items = self.draft.select.iter().chain(self.draft.order.iter().map(|o| &o.0));
        items.into_iter().any(|i| matches!(i, Item::Aggregate(f, ..) if *f == a))
    }

    fn says_each(&self) -> bool {
        self.reading.has(&["each", "every", "per"])
    }

    /// What is said of averages and numbers, against what is worked out.
    fn aggregates(&mut self) {
        let against = self.draft.conditions.iter().any(|c| matches!(c, Condition::Against(..)));
        if self.reading.has(&["average", "mean", "avg"]) && !self.has_aggregate(Aggregate::Avg) && !against {
            let column = self
                .draft
                .select
                .iter()
                .flat_map(Item::columns)
                .any(|c| self.index.column(c).label.contains("average"));
            if !column {
                self.add("average unused", -1.5);
            }
        }
        if self.has_aggregate(Aggregate::Avg)
            && !self.reading.has(&["average", "mean", "avg", "averaged", "averages", "typical"])
        {
            self.add("average unsaid", -1.5);
        }
        let counts =
            self.draft.select.iter().any(|i| matches!(i, Item::CountRows | Item::Aggregate(Aggregate::Count, ..)));
        let numeric_count = self.draft.select.iter().flat_map(Item::columns).any(|c| self.index.column(c).numeric);
        if self.reading.has_phrase("how many")
            && !counts
            && !self.has_aggregate(Aggregate::Sum)
            && self.draft.having.is_empty()
            && !numeric_count
        {
            self.add("how many unused", -1.5);
        }
        if counts
            && !self.reading.has(&[
                "many",
                "number",
                "count",
                "total",
                "times",
                "amount",
                "frequency",
                "often",
                "numbers",
                "by",
                "per",
                "each",
                "counts",
                "trend",
            ])
        {
            self.add("count unsaid", -1.2);
        }
    }

    /// What is said of groups.
    fn groups(&mut self) {
        let each = self.says_each();
        let grouped = !self.draft.group.is_empty();
        if each && !grouped {
            self.add("each unused", if self.draft.select.iter().any(Item::is_aggregate) { -1.2 } else { -0.2 });
        }
        let extreme =
            self.draft.select.iter().any(|i| matches!(i, Item::Aggregate(Aggregate::Min | Aggregate::Max, ..)));
        if grouped && extreme && !each && !self.reading.has(&["by", "different", "different", "for", "of"]) {
            self.add("extreme per row", -1.5);
        }
    }

    /// An average needs several rows.
    fn averages(&mut self) {
        let each = self.says_each();
        let grouped = !self.draft.group.is_empty();
        // An average of one row per thing is no average per thing.
        let averaged = self.draft.select.iter().find_map(|i| match i {
            Item::Aggregate(Aggregate::Avg, _, c) => Some(self.index.table_of(*c)),
            _ => None,
        });
        if let Some(measured) = averaged {
            let pinned = self
                .index
                .table(measured)
                .sibling_label
                .is_none_or(|label| self.draft.conditions.iter().any(|c| c.columns().contains(&label)));
            let single = |i: &Item| {
                matches!(i, Item::Column(c) if self.index.column(*c).title || self.index.column(*c).foreign_key || self.index.column(*c).key)
                    && i.columns().iter().any(|c| {
                        let unique = |e: &crate::catalog_index::Edge| {
                            e.child == measured && e.child_columns.iter().all(|c| self.index.column(*c).unique)
                        };
                        let own = self.index.table_of(*c) == measured && self.index.column(*c).unique;
                        own || self
                            .index
                            .graph
                            .between(measured, self.index.table_of(*c))
                            .iter()
                            .any(|(_, e)| unique(e))
                    })
            };
            if pinned && self.draft.group.iter().any(single) {
                self.add("average per row", -4.0);
            } else if !grouped && each {
                self.add("average ungrouped", 0.3);
            }
        }
    }

    /// One group per row, and days beside their periods.
    fn keys(&mut self) {
        let grouped = !self.draft.group.is_empty();
        let family =
            self.draft.required_tables(self.index).iter().any(|t| self.index.table(*t).sibling_label.is_some());
        let own_key = |i: &Item| !family && matches!(i, Item::Column(c) if self.index.column(*c).unique);
        if grouped
            && self.draft.required_tables(self.index).len() == 1
            && self.draft.group.iter().any(own_key)
            && self.draft.select.iter().any(|i| matches!(i, Item::CountRows | Item::Aggregate(..)))
        {
            self.add("group per row", -2.5);
        }
        let periods: Vec<_> =
            self.draft.group.iter().filter_map(|i| if let Item::Period(_, c) = i { Some(*c) } else { None }).collect();
        if self.draft.select.iter().any(|i| matches!(i, Item::Column(c) if periods.contains(c))) {
            self.add("date beside its period", -3.0);
        }
    }

    /// What is said of orders and ends.
    fn orders(&mut self) {
        let superlative = self.reading.has(&[
            "most", "highest", "lowest", "largest", "smallest", "least", "fewest", "oldest", "youngest", "longest",
            "shortest", "cheapest", "biggest", "earliest", "latest", "best", "worst",
        ]) && !self.reading.has_phrase("at least")
            && !self.reading.has_phrase("at most");
        let ranked = self.draft.limit.is_some()
            || self.has_aggregate(Aggregate::Max)
            || self.has_aggregate(Aggregate::Min)
            || !self.draft.order.is_empty();
        if superlative && !ranked {
            self.add("superlative unused", -1.2);
        }
        let sorted = self.reading.asks_order();
        if sorted && self.draft.order.is_empty() {
            self.add("order unused", -1.2);
        }
        if !sorted && !superlative && !self.draft.order.is_empty() && self.draft.limit.is_none() {
            self.add("order unsaid", -0.6);
        }
        for (item, _) in &self.draft.order {
            if item.columns().iter().any(|c| !self.index.column(*c).is_ordered())
                && self.draft.limit.is_some()
                && !item.is_aggregate()
            {
                self.add("superlative of text", -1.5);
            }
        }
    }

    /// What is shown.
    fn columns(&mut self) {
        if self.draft.select.is_empty() {
            self.add("nothing shown", -3.0);
        }
        let conditioned: Vec<_> = self.draft.conditions.iter().flat_map(Condition::columns).collect();
        let shown: Vec<_> =
            self.draft.select.iter().filter_map(|i| if let Item::Column(c) = i { Some(*c) } else { None }).collect();
        if self.draft.conditions.len() == 1
            && shown.iter().any(|c| conditioned.contains(c))
            && self
                .draft
                .conditions
                .iter()
                .all(|c| matches!(c, Condition::Compare(_, crate::plan::Comparison::Equal, _)))
        {
            self.add("shows its condition", -0.7);
        }
    }
}
