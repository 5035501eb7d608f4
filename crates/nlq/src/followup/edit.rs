//! The last draft with the changes that a follow-up asks for.

use super::options::options_near;
use crate::{
    CatalogIndex,
    candidates::{
        bindings::{self, BindingRole, number_text},
        descending, measures,
    },
    catalog_index::{ColumnId, Named, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, Literal},
    rank::Weights,
    reading::Reading,
};

/// Drafts that the follow-up may mean, best first, with the tokens that they account for.
pub(crate) fn edits(
    index: &CatalogIndex,
    reading: &Reading,
    last: &Draft,
    weights: &Weights,
) -> Vec<(Draft, f64, Vec<usize>)> {
    let mut editor = Editor { index, reading, draft: last.clone(), score: 0.0, used: Vec::new(), changed: false };
    editor.strip_balance();
    editor.count_only();
    editor.measure();
    editor.groups();
    let tables = editor.tables();
    let options = options_near(index, reading, &editor.draft, &tables, weights);
    let mut found = Vec::new();
    for (score, bound) in bindings::joint(reading, &options, weights, 4) {
        let mut one = editor.clone();
        for binding in &bound {
            one.bind(binding);
        }
        one.ranking();
        if one.changed {
            one.tidy();
            found.push((one.draft, one.score + score, one.used));
        }
    }
    found
}

#[derive(Clone)]
struct Editor<'a> {
    index: &'a CatalogIndex,
    reading: &'a Reading,
    draft: Draft,
    score: f64,
    used: Vec<usize>,
    changed: bool,
}

impl Editor<'_> {
    fn tables(&self) -> Vec<TableId> {
        self.draft.required_tables(self.index)
    }

    /// The latest-date condition of a balance is made anew at the end.
    fn strip_balance(&mut self) {
        let dates: Vec<ColumnId> = self.tables().iter().filter_map(|t| self.index.table(*t).snapshot_date).collect();
        self.draft
            .conditions
            .retain(|c| !matches!(c, Condition::Against(c, Comparison::Equal, _) if dates.contains(c)));
    }

    /// "How many are there?", "How many of them …": the rows are counted instead of shown.
    fn count_only(&mut self) {
        let r = self.reading;
        if r.lower(0) != "how" || r.lower(1) != "many" {
            return;
        }
        if self.draft.select.iter().any(Item::is_aggregate) && self.draft.group.is_empty() {
            self.changed = true;
            return;
        }
        self.draft.select = vec![Item::CountRows];
        self.draft.order.clear();
        self.draft.limit = None;
        self.draft.distinct = false;
        if self.draft.having.is_empty() {
            self.draft.group.clear();
        }
        self.changed = true;
    }

    /// "And the average?", "the number of orders instead".
    fn measure(&mut self) {
        let r = self.reading;
        let wanted = r.tokens.iter().enumerate().find_map(|(at, t)| {
            let function = match t.lower.as_str() {
                "average" | "mean" => Aggregate::Avg,
                "total" | "sum" => Aggregate::Sum,
                "maximum" | "max" => Aggregate::Max,
                "minimum" | "min" => Aggregate::Min,
                _ => return None,
            };
            Some((at, function))
        });
        let counted = r.mentions.iter().any(|m| {
            matches!(m.options.first().map(|o| o.named), Some(Named::Table(_)))
                && r.before(m.start, 1) == "of"
                && r.before(m.start, 2) == "number"
        });
        let position = self.draft.select.iter().position(Item::is_aggregate);
        if let Some(position) = position
            && (counted && r.has_phrase("number of"))
        {
            self.replace_measure(position, Item::CountRows);
            return;
        }
        let Some((at, function)) = wanted else { return };
        let own = r.mentions.iter().filter(|m| m.start > at && m.start <= at + 3).find_map(|m| {
            m.options.iter().find_map(|o| match o.named {
                Named::Column(c) if self.index.column(c).is_measure() && o.score > 0.7 => Some(c),
                _ => None,
            })
        });
        let Some(position) = position else { return };
        let column = own.or_else(|| self.draft.select.get(position).and_then(|i| i.columns().first().copied()));
        if let Some(column) = column {
            self.replace_measure(position, Item::Aggregate(function, false, column));
        }
    }

    fn replace_measure(&mut self, position: usize, item: Item) {
        let Some(slot) = self.draft.select.get_mut(position) else {
            return;
        };
        let old = std::mem::replace(slot, item.clone());
        for (key, _) in &mut self.draft.order {
            if *key == old {
                *key = item.clone();
            }
        }
        self.used.extend(0..self.reading.tokens.len().min(6));
        self.changed = true;
        self.score += 1.0;
    }

    /// "By quarter instead", "And by genre?".
    fn groups(&mut self) {
        let r = self.reading;
        let mut keys: Vec<Item> = Vec::new();
        if let Some((grain, at)) = measures::grain(r) {
            let column = self.draft.group.iter().find_map(|g| match g {
                Item::Period(_, c) => Some(*c),
                _ => None,
            });
            let column = column.or_else(|| {
                let tables = self.tables();
                tables
                    .iter()
                    .flat_map(|t| self.index.table(*t).columns.clone())
                    .find(|c| self.index.column(*c).temporal)
            });
            if let Some(column) = column {
                keys.push(Item::Period(grain, column));
                self.used.extend(at);
            }
        }
        let tables = self.tables();
        for mention in &r.mentions {
            let by = (1..=3).any(|b| matches!(r.before(mention.start, b), "by" | "per" | "each" | "every"));
            let sorting = (1..=4).any(|b| {
                matches!(r.before(mention.start, b), "sort" | "sorted" | "order" | "ordered" | "rank" | "ranked")
            });
            let coordinated = r.before(mention.start, 1) == "and" && !keys.is_empty();
            if !(by || coordinated) || sorting {
                continue;
            }
            if let Some(item) = self.group_key(&mention.options, &tables) {
                keys.push(item);
                self.used.extend(mention.start..mention.end);
            }
        }
        if !keys.is_empty() {
            self.regroup(keys);
        }
    }

    /// The likeliest key among what a name may mean: of a table at hand, or one join away.
    fn group_key(&self, options: &[crate::reading::MentionOption], tables: &[TableId]) -> Option<Item> {
        let near =
            |t: TableId| tables.contains(&t) || tables.iter().any(|own| !self.index.graph.between(*own, t).is_empty());
        let ranked = options.iter().map(|o| {
            let (table, item) = match o.named {
                Named::Column(c) => (self.index.table_of(c), Some(Item::Column(c))),
                Named::Table(t) => {
                    let facts = self.index.table(t);
                    (t, facts.title.or_else(|| facts.primary_key.first().copied()).map(Item::Column))
                }
            };
            let is_key =
                matches!(o.named, Named::Column(c) if self.index.column(c).foreign_key || self.index.column(c).key);
            let score = o.score
                + if tables.contains(&table) {
                    0.3
                } else if near(table) {
                    0.1
                } else {
                    -0.4
                }
                - if is_key { 0.6 } else { 0.0 };
            (score, item)
        });
        ranked.max_by(|a, b| a.0.total_cmp(&b.0)).and_then(|(_, item)| item)
    }

    fn regroup(&mut self, keys: Vec<Item>) {
        let adding = self.reading.has(&["also", "additionally", "too", "split", "broken", "break"])
            && !self.reading.has(&["instead"]);
        if !adding {
            let old = std::mem::take(&mut self.draft.group);
            self.draft.select.retain(|i| !old.contains(i));
        }
        self.draft.select.retain(Item::is_aggregate);
        if self.draft.select.is_empty() {
            self.draft.select.push(Item::CountRows);
        }
        if !adding {
            self.draft.order.retain(|(i, _)| i.is_aggregate());
        }
        for (place, key) in keys.into_iter().enumerate() {
            self.draft.select.insert(place, key.clone());
            self.draft.group.push(key);
        }
        self.changed = true;
        self.score += 1.5;
    }

    fn bind(&mut self, binding: &bindings::Binding) {
        let Some(value) = self.reading.values.get(binding.value) else {
            return;
        };
        match &binding.role {
            BindingRole::Where(condition) => {
                if let Some(mention) = binding.mention.and_then(|m| self.reading.mentions.get(m)) {
                    self.used.extend(mention.start..mention.end);
                }
                self.put(condition.clone());
            }
            BindingRole::Having(op, number) => {
                let item = self.draft.having.first().map_or(Item::CountRows, |h| h.0.clone());
                if self.draft.group.is_empty() {
                    return;
                }
                self.draft.having = vec![(item, *op, Literal::Number(number_text(*number)))];
            }
            BindingRole::Limit(n) => self.limit_to(*n),
            BindingRole::Unused => return,
        }
        self.used.extend(value.start..value.end);
        self.changed = true;
    }

    /// Replaces the condition on the same column, at whatever depth it stands; else adds one.
    fn put(&mut self, condition: Condition) {
        let column = condition.columns().first().copied();
        let narrowing = self.reading.has(&["those", "them", "these"]);
        if !narrowing && replace(&mut self.draft.conditions, &condition, column) {
            return;
        }
        if self.draft.conditions.contains(&condition) {
            return;
        }
        self.draft.conditions.push(condition);
    }

    fn limit_to(&mut self, n: u64) {
        self.draft.limit = Some(n);
        self.changed = true;
        let r = self.reading;
        let down = !r.has(&["bottom", "lowest", "smallest", "fewest", "least", "worst", "cheapest", "last"]);
        if self.draft.order.is_empty()
            && let Some(item) = self
                .draft
                .select
                .iter()
                .find(|i| i.is_aggregate())
                .or_else(|| {
                    self.draft.select.iter().find(|i| i.columns().iter().any(|c| self.index.column(*c).is_measure()))
                })
                .cloned()
        {
            self.draft.order.push((item, down));
        }
    }

    /// "Sorted, biggest first", "sort by price", "and the shortest?".
    fn ranking(&mut self) {
        let r = self.reading;
        let up = r.has(&[
            "lowest",
            "smallest",
            "fewest",
            "least",
            "shortest",
            "cheapest",
            "youngest",
            "worst",
            "earliest",
            "ascending",
            "alphabetically",
        ]);
        let down = r.has(&["highest", "largest", "biggest", "most", "longest", "best", "latest", "newest", "oldest"])
            || descending(r);
        let sorting = r.has(&["sort", "sorted", "order", "ordered", "rank", "ranked"]);
        if sorting || (up || down) && r.has_phrase("first") {
            let named = r.mentions.iter().flat_map(|m| m.options.first()).find_map(|o| match o.named {
                Named::Column(c) if o.score > 0.6 && self.tables().contains(&self.index.table_of(c)) => Some(c),
                _ => None,
            });
            let shown = named.and_then(|c| self.draft.select.iter().find(|i| i.columns().contains(&c)).cloned());
            let grouped = !self.draft.group.is_empty();
            let item = shown
                .or_else(|| named.filter(|_| !grouped).map(Item::Column))
                .or_else(|| self.draft.select.iter().find(|i| i.is_aggregate()).cloned())
                .or_else(|| {
                    self.draft
                        .select
                        .iter()
                        .find(|i| i.columns().iter().any(|c| self.index.column(*c).is_measure()))
                        .cloned()
                })
                .or_else(|| self.draft.select.first().cloned());
            if let Some(item) = item {
                let text = matches!(&item, Item::Column(c) if !self.index.column(*c).is_ordered());
                let by_default = item.is_aggregate() && !r.has(&["ascending"]) && named.is_none();
                self.draft.order = vec![(item, (down || by_default && !up) && !text || descending(r))];
                self.used.extend(0..r.tokens.len());
                self.changed = true;
                self.score += 1.0;
            }
        } else if (up || down)
            && self.draft.limit.is_some()
            && r.tokens.len() <= 6
            && let Some((_, direction)) = self.draft.order.first_mut()
        {
            *direction = down && !up;
            self.used.extend(0..r.tokens.len());
            self.changed = true;
            self.score += 1.0;
        }
    }

    fn tidy(&mut self) {
        if self.draft.group.is_empty() && self.draft.select.iter().any(Item::is_aggregate) {
            self.draft.order.clear();
            self.draft.limit = None;
        }
        measures::balance_draft(self.index, &mut self.draft);
    }
}

fn replace(conditions: &mut [Condition], new: &Condition, column: Option<ColumnId>) -> bool {
    for condition in conditions.iter_mut() {
        if let Condition::Exists { inner, .. } = condition {
            let inner_new = match new {
                Condition::Compare(c, Comparison::NotEqual, v) => Condition::Compare(*c, Comparison::Equal, v.clone()),
                other => other.clone(),
            };
            if replace(&mut inner.conditions, &inner_new, column) {
                return true;
            }
        } else if column.is_some() && condition.columns().first().copied() == column {
            *condition = new.clone();
            return true;
        }
    }
    false
}
