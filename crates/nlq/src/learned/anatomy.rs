//! A draft taken apart: which columns and tables play which part, nested and compounded queries included.

use crate::{
    CatalogIndex,
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, Literal, SetOperator},
};

/// A comparison with a constant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Compared<'a> {
    pub column: ColumnId,
    pub how: How,
    pub literals: Vec<&'a Literal>,
    /// Inside a query within the query.
    pub nested: bool,
}

/// How a column is compared with a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Equal,
    Unequal,
    More,
    Less,
    Between,
    Like,
    Unlike,
    Null,
}

/// The parts of a draft.
#[derive(Debug, Clone, Default)]
pub(crate) struct Anatomy<'a> {
    pub plain: Vec<ColumnId>,
    pub aggregates: Vec<(Aggregate, ColumnId)>,
    pub counts_rows: usize,
    pub counts_distinct: Vec<ColumnId>,
    pub everything: bool,
    /// Shares, ratios, periods and the like.
    pub special: usize,
    pub group: Vec<ColumnId>,
    pub order: Vec<(Option<ColumnId>, bool)>,
    pub order_aggregates: Vec<Aggregate>,
    pub order_counts: bool,
    pub conditions: Vec<Compared<'a>>,
    pub any: usize,
    pub exists: usize,
    pub absent: usize,
    /// Compared with a single value of a query: the columns and the aggregates there.
    pub against: Vec<(ColumnId, Comparison, Vec<Aggregate>)>,
    pub having: Vec<&'a Literal>,
    pub set: Option<SetOperator>,
    pub inner_tables: Vec<TableId>,
}

impl<'a> Anatomy<'a> {
    pub(crate) fn of(index: &CatalogIndex, draft: &'a Draft) -> Self {
        let mut anatomy = Self::default();
        for item in &draft.select {
            anatomy.select(item);
        }
        anatomy.arrange(draft);
        for condition in &draft.conditions {
            anatomy.condition(index, condition, false);
        }
        if let Some((operator, other)) = &draft.compound {
            anatomy.set = Some(*operator);
            anatomy.inner_tables.extend(other.required_tables(index));
            for condition in &other.conditions {
                anatomy.condition(index, condition, true);
            }
            anatomy.having.extend(other.having.iter().map(|h| &h.2));
        }
        anatomy
    }

    fn select(&mut self, item: &Item) {
        match item {
            Item::Column(c) => self.plain.push(*c),
            Item::Everything => self.everything = true,
            Item::CountRows => self.counts_rows += 1,
            Item::Aggregate(Aggregate::Count, _, c) => self.counts_distinct.push(*c),
            Item::Aggregate(function, _, c) => self.aggregates.push((*function, *c)),
            _ => self.special += 1,
        }
    }

    fn arrange(&mut self, draft: &'a Draft) {
        for item in &draft.group {
            match item {
                Item::Column(c) => self.group.push(*c),
                _ => self.special += 1,
            }
        }
        for (item, descending) in &draft.order {
            self.order.push((item.columns().first().copied(), *descending));
            match item {
                Item::CountRows | Item::Aggregate(Aggregate::Count, ..) => self.order_counts = true,
                Item::Aggregate(function, ..) => self.order_aggregates.push(*function),
                _ => {}
            }
        }
        self.having.extend(draft.having.iter().map(|h| &h.2));
    }

    fn condition(&mut self, index: &CatalogIndex, condition: &'a Condition, nested: bool) {
        let mut compared = |column: &ColumnId, how: How, literals: Vec<&'a Literal>| {
            self.conditions.push(Compared { column: *column, how, literals, nested });
        };
        match condition {
            Condition::Compare(c, op, value) => {
                let how = match op {
                    Comparison::Equal => How::Equal,
                    Comparison::NotEqual => How::Unequal,
                    Comparison::Greater | Comparison::AtLeast => How::More,
                    Comparison::Less | Comparison::AtMost => How::Less,
                };
                compared(c, how, vec![value]);
            }
            Condition::Between(c, low, high) => compared(c, How::Between, vec![low, high]),
            Condition::Like(c, _, negated) => compared(c, if *negated { How::Unlike } else { How::Like }, Vec::new()),
            Condition::Null(c, _) => compared(c, How::Null, Vec::new()),
            Condition::Against(c, op, inner) => {
                let aggregates = inner.select.iter().filter_map(|i| match i {
                    Item::Aggregate(function, ..) => Some(*function),
                    _ => None,
                });
                self.against.push((*c, *op, aggregates.collect()));
                self.inner(index, inner);
            }
            Condition::Columns(..) => {}
            Condition::Extreme { column, largest, within, among } => {
                let function = if *largest { Aggregate::Max } else { Aggregate::Min };
                self.against.push((*column, Comparison::Equal, vec![function]));
                self.group.extend(within);
                self.inner_tables.extend(among.required_tables(index));
            }
            Condition::Exists { negated, inner, .. } => {
                if *negated {
                    self.absent += 1;
                } else {
                    self.exists += 1;
                }
                self.inner(index, inner);
            }
            Condition::Within(_, inner, negated) => {
                if *negated {
                    self.absent += 1;
                } else {
                    self.exists += 1;
                }
                self.inner(index, inner);
            }
            Condition::Any(of) => {
                self.any += 1;
                of.iter().for_each(|c| self.condition(index, c, nested));
            }
            Condition::All(of) => of.iter().for_each(|c| self.condition(index, c, nested)),
        }
    }

    fn inner(&mut self, index: &CatalogIndex, draft: &'a Draft) {
        self.inner_tables.extend(draft.required_tables(index));
        self.having.extend(draft.having.iter().map(|h| &h.2));
        for condition in &draft.conditions {
            self.condition(index, condition, true);
        }
    }

    /// Every column that is used, each once.
    pub(crate) fn columns(&self) -> Vec<ColumnId> {
        let mut all: Vec<ColumnId> = self.plain.clone();
        all.extend(self.aggregates.iter().map(|a| a.1));
        all.extend(&self.counts_distinct);
        all.extend(&self.group);
        all.extend(self.order.iter().filter_map(|o| o.0));
        all.extend(self.conditions.iter().map(|c| c.column));
        all.extend(self.against.iter().map(|a| a.0));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Shape of the five clauses, each as a class: select list, conditions, groups, order, nesting.
    pub(crate) fn clauses(&self, draft: &Draft) -> [String; 5] {
        let function = |a: Aggregate| match a {
            Aggregate::Count => 'd',
            Aggregate::Sum => 's',
            Aggregate::Avg => 'a',
            Aggregate::Min => 'n',
            Aggregate::Max => 'x',
        };
        let mut select: Vec<char> = self.aggregates.iter().map(|(a, _)| function(*a)).collect();
        select.extend(self.plain.iter().take(4).map(|_| 'c'));
        select.extend(self.counts_distinct.iter().map(|_| 'd'));
        select.extend(std::iter::repeat_n('#', self.counts_rows));
        select.extend(self.everything.then_some('*'));
        select.extend(std::iter::repeat_n('r', self.special));
        select.sort_unstable();
        let kinds: Vec<char> = self
            .conditions
            .iter()
            .map(|c| match c.how {
                How::Equal => '=',
                How::Unequal | How::Unlike => '!',
                How::More => '>',
                How::Less => '<',
                How::Between => 'b',
                How::Like => '~',
                How::Null => '0',
            })
            .collect();
        let conditions = format!("{}{}", kinds.len().min(4), if self.any > 0 { "|" } else { "" });
        let group = format!("{}{}", self.group.len().min(2), if draft.having.is_empty() { "" } else { "H" });
        let order = draft.order.first().map_or(String::new(), |(item, descending)| {
            let what = match item {
                Item::CountRows | Item::Aggregate(Aggregate::Count, ..) => "#",
                Item::Aggregate(..) => "a",
                _ => "c",
            };
            let limit = match draft.limit {
                None => "",
                Some(1) => "1",
                Some(_) => "n",
            };
            format!("{what}{}{limit}", if *descending { "-" } else { "+" })
        });
        let set = self.set.map_or("", |s| match s {
            SetOperator::Union => "union",
            SetOperator::Intersect => "intersect",
            SetOperator::Except => "except",
        });
        let nesting = format!(
            "{set}{}{}{}",
            if self.absent > 0 { "absent" } else { "" },
            if self.exists > 0 { "exists" } else { "" },
            self.against.first().map_or(String::new(), |(_, op, a)| format!("{}{:?}", op.symbol(), a.first())),
        );
        [select.into_iter().collect(), conditions, group, order, nesting]
    }
}
