//! From filled slots to a draft: settles open columns and decides what the rows of the result are.

mod listing;

use super::{
    StrictReading,
    slots::{Filter, Group, Head, Measure, Rank, RankBy, Slots},
    vocabulary::is_pivotal,
};
use crate::{
    CatalogIndex,
    candidates::number_text,
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, Grain, Literal},
};

/// The draft of the slots; absent where something cannot be settled.
pub(super) fn assemble(index: &CatalogIndex, slots: &Slots) -> Option<StrictReading> {
    let mut builder = Builder { index, slots, doubt: slots.doubt, base: Vec::new() };
    builder.base = builder.base_tables();
    let draft = builder.draft()?;
    let mut certainty: f64 = 0.97 - builder.doubt;
    for word in &slots.unexplained {
        certainty -= if is_pivotal(word) { 0.6 } else { 0.3 };
    }
    Some(StrictReading { draft, certainty: certainty.max(0.0) })
}

/// Whether one row of `from` may have many rows of `to`.
pub(super) fn multiplies(index: &CatalogIndex, from: TableId, to: TableId) -> bool {
    if from == to {
        return false;
    }
    index.graph.tree(&[from, to], &|_| 0.0).is_some_and(|tree| {
        tree.steps
            .iter()
            .any(|(table, edge)| index.graph.edge(*edge).is_some_and(|e| e.parent == *table && !e.one_to_one))
    })
}

/// The date that rows of `tables` are spoken of by: named by a word of the question, else after its table, else first.
pub(super) fn date_column(index: &CatalogIndex, tables: &[TableId], stems: &[String]) -> Option<ColumnId> {
    let mut best: Option<(f64, ColumnId)> = None;
    for (rank, table) in tables.iter().enumerate() {
        for (position, column) in index.table(*table).columns.iter().enumerate() {
            let facts = index.column(*column);
            if !facts.temporal {
                continue;
            }
            let own = facts
                .names
                .first()
                .into_iter()
                .flatten()
                .filter(|w| !matches!(w.as_str(), "date" | "time" | "day" | "at" | "on" | "of"));
            let said = own
                .filter(|w| stems.iter().any(|s| s == *w || s.len() >= 4 && w.starts_with(s.get(..4).unwrap_or(s))))
                .count();
            let verb = [("hir", "hir"), ("born", "birth"), ("clos", "clos"), ("releas", "releas"), ("came", "releas")]
                .iter()
                .any(|(verb, stem)| stems.iter().any(|s| s.starts_with(verb)) && facts.label.contains(stem));
            let after_table = if facts.table_words.is_empty() { 0.0 } else { 0.5 };
            let score = f64::from(u8::try_from(said).unwrap_or(3)) + f64::from(u8::from(verb)) * 1.5 + after_table
                - 0.05 * position as f64
                - 0.8 * rank as f64;
            if best.is_none_or(|(known, _)| score > known) {
                best = Some((score, *column));
            }
        }
    }
    best.map(|b| b.1)
}

pub(super) struct Builder<'a> {
    pub(super) index: &'a CatalogIndex,
    pub(super) slots: &'a Slots,
    pub(super) doubt: f64,
    /// Tables that are read whatever the conditions: the subject first.
    pub(super) base: Vec<TableId>,
}

impl Builder<'_> {
    fn base_tables(&self) -> Vec<TableId> {
        let mut tables: Vec<TableId> = Vec::new();
        let mut add = |t: TableId| {
            if !tables.contains(&t) {
                tables.push(t);
            }
        };
        if let Some((_, measure)) = self.slots.head_measure() {
            add(measure.table(self.index));
        }
        match &self.slots.head {
            Some(Head::CountDistinct(c) | Head::Day(_, c)) => add(self.index.table_of(*c)),
            Some(Head::RatioOfCounts(above, _)) => add(*above),
            _ => {}
        }
        if let Some(Rank { by: RankBy::Measure(_, measure), .. }) = &self.slots.rank {
            add(measure.table(self.index));
        }
        if let Some((measure, ..)) = &self.slots.having {
            add(measure.table(self.index));
        }
        let list = matches!(self.slots.head, Some(Head::List | Head::Share) | None);
        if list
            && self.slots.rank.as_ref().is_none_or(|r| matches!(r.by, RankBy::Property(_) | RankBy::Head))
            && self.slots.having.is_none()
        {
            self.slots.root.into_iter().for_each(&mut add);
        }
        for group in &self.slots.groups {
            match group {
                Group::Entity(t) => add(*t),
                Group::Column(c) => add(self.index.table_of(*c)),
                Group::Time(_) => {}
            }
        }
        for column in &self.slots.show {
            add(self.index.table_of(*column));
        }
        if list {
            self.slots.root.into_iter().for_each(&mut add);
        }
        tables
    }

    pub(super) fn subject(&self) -> Option<TableId> {
        self.base.first().copied()
    }

    fn draft(&mut self) -> Option<Draft> {
        self.subject()?;
        let mut draft = Draft { tables: self.subject().into_iter().collect(), ..Draft::default() };
        draft.conditions = self.conditions()?;
        match self.slots.head.clone().unwrap_or(Head::List) {
            Head::Count(table) => {
                let item = self.counted(table, &draft)?;
                self.measured(&mut draft, vec![item])?;
            }
            Head::CountDistinct(column) => {
                self.measured(&mut draft, vec![Item::Aggregate(Aggregate::Count, true, column)])?
            }
            Head::Measure(functions, measure) => {
                self.keep_to_one_date(&mut draft, &measure)?;
                if self.measure_multiplies(&measure, &draft) {
                    return None;
                }
                let items = functions.iter().map(|f| self.aggregated(*f, &measure)).collect::<Option<Vec<_>>>()?;
                self.measured(&mut draft, items)?;
            }
            Head::Share => self.share(&mut draft)?,
            Head::RatioOfCounts(above, below) => {
                let other = Draft { select: vec![Item::CountRows], tables: vec![below], ..Draft::default() };
                draft.tables = vec![above];
                draft.select =
                    vec![Item::Ratio(Box::new(Item::CountRows), Box::new(Item::Scalar(Box::new(other))), false)];
            }
            Head::Day(function, column) => draft.select = vec![Item::Aggregate(function, false, column)],
            Head::List => self.listed(&mut draft)?,
        }
        self.sorted(&mut draft);
        Some(draft)
    }

    /// Rows of `table`, or its different keys where conditions multiply them.
    fn counted(&self, table: TableId, draft: &Draft) -> Option<Item> {
        let others = self.tables_of(draft);
        if !others.iter().any(|t| multiplies(self.index, table, *t)) {
            return Some(Item::CountRows);
        }
        self.key_of(table).map(|key| Item::Aggregate(Aggregate::Count, true, key))
    }

    fn key_of(&self, table: TableId) -> Option<ColumnId> {
        let facts = self.index.table(table);
        match facts.primary_key.as_slice() {
            [one] => Some(*one),
            _ => {
                facts.columns.iter().copied().find(|c| self.index.column(*c).unique && self.index.column(*c).identifier)
            }
        }
    }

    fn tables_of(&self, draft: &Draft) -> Vec<TableId> {
        let mut tables: Vec<TableId> =
            draft.conditions.iter().flat_map(Condition::columns).map(|c| self.index.table_of(c)).collect();
        for group in &self.slots.groups {
            match group {
                Group::Entity(t) => tables.push(*t),
                Group::Column(c) => tables.push(self.index.table_of(*c)),
                Group::Time(_) => {}
            }
        }
        tables
    }

    fn measure_multiplies(&self, measure: &Measure, draft: &Draft) -> bool {
        let own = measure.table(self.index);
        self.tables_of(draft).iter().any(|t| multiplies(self.index, own, *t))
    }

    fn aggregated(&self, function: Aggregate, measure: &Measure) -> Option<Item> {
        Some(match (measure, function) {
            (Measure::Rows(_), _) => Item::CountRows,
            (Measure::Column(c), f) => Item::Aggregate(f, false, *c),
            (Measure::Product(a, b), Aggregate::Sum) => Item::SumProduct(*a, *b),
            (Measure::Product(..), _) => return None,
        })
    }

    /// Groups and measures: the shape of most figures.
    fn measured(&mut self, draft: &mut Draft, measures: Vec<Item>) -> Option<()> {
        let average = matches!(measures.first(), Some(Item::Aggregate(Aggregate::Avg, ..)));
        let groups = self.slots.groups.clone();
        for group in groups {
            // "average attendance per movie" with one row per movie: an average of the rows.
            if let (true, Group::Entity(t), Some(subject)) = (average, &group, self.subject())
                && *t != subject
                && self.one_row_each(subject, *t)
            {
                continue;
            }
            for item in self.group_items(&group)? {
                if !draft.group.contains(&item) {
                    draft.group.push(item);
                }
            }
        }
        self.group_by_cells(draft);
        self.show_beside(draft);
        let ranked = measures.first().cloned();
        draft.select.extend(measures);
        if let Some((measure, op, value)) = &self.slots.having {
            let item = self.aggregated(Aggregate::Sum, measure)?;
            draft.having.push((item, *op, Literal::Number(number_text(*value))));
        }
        self.order_figures(draft, ranked)
    }

    /// "of A and of B": one figure for each.
    fn group_by_cells(&mut self, draft: &mut Draft) {
        for filter in self.slots.filters.clone() {
            if let Filter::Cells { cells, negated: false, each: true } = filter
                && cells.len() > 1
                && draft.group.is_empty()
                && let Some(column) = self.choose(&cells)
            {
                draft.group.push(Item::Column(column));
            }
        }
    }

    /// Groups, and columns of theirs that are to be shown.
    fn show_beside(&self, draft: &mut Draft) {
        draft.select.clone_from(&draft.group);
        for column in &self.slots.show {
            let item = Item::Column(*column);
            let same_table = draft
                .group
                .iter()
                .flat_map(Item::columns)
                .any(|c| self.index.table_of(c) == self.index.table_of(*column));
            if same_table && !draft.select.contains(&item) {
                draft.group.push(item.clone());
                draft.select.push(item);
            }
        }
    }

    /// By the rank that was asked for; periods as they follow each other.
    fn order_figures(&self, draft: &mut Draft, ranked: Option<Item>) -> Option<()> {
        if let Some(rank) = &self.slots.rank {
            let by = match &rank.by {
                RankBy::Head => ranked?,
                RankBy::Measure(function, measure) => self.aggregated(*function, measure)?,
                RankBy::Property(_) if draft.group.is_empty() => return None,
                RankBy::Property(c) => match ranked? {
                    Item::Aggregate(f, d, own) if own == *c => Item::Aggregate(f, d, own),
                    _ => Item::Aggregate(Aggregate::Sum, false, *c),
                },
            };
            if !draft.group.is_empty() {
                draft.order.push((by, rank.descending));
                draft.limit = self.slots.limit;
            }
        } else if let (true, Some(item)) = (draft.group.len() == 1, draft.group.first())
            && (matches!(item, Item::Period(..)) || matches!(item, Item::Column(c) if self.index.column(*c).temporal))
        {
            draft.order.push((item.clone(), false));
        }
        Some(())
    }

    /// Whether each row of `parent` has at most one row of `child`.
    fn one_row_each(&self, child: TableId, parent: TableId) -> bool {
        let edge = self.index.graph.edges_of(child).map(|(_, e)| e).find(|e| e.child == child && e.parent == parent);
        edge.is_some_and(|e| {
            e.one_to_one
                || e.child_columns.first().is_some_and(|c| self.index.column(*c).unique)
                || !self.index.table(child).siblings.is_empty()
        })
    }

    fn group_items(&mut self, group: &Group) -> Option<Vec<Item>> {
        Some(match group {
            Group::Column(c) => vec![Item::Column(*c)],
            Group::Entity(t) => self.titles(*t).into_iter().map(Item::Column).collect(),
            Group::Time(grain) => {
                let column = self.time_column()?;
                if *grain == Grain::Day
                    && self.index.column(column).date_format.as_deref().is_some_and(|f| !f.contains("%H"))
                {
                    vec![Item::Column(column)]
                } else {
                    vec![Item::Period(*grain, column)]
                }
            }
        })
    }

    pub(super) fn time_column(&self) -> Option<ColumnId> {
        let explicit = self.slots.filters.iter().find_map(|f| match f {
            Filter::Date { column, .. } => *column,
            _ => None,
        });
        explicit
            .or_else(|| date_column(self.index, self.dated_tables().get(..1)?, &self.slots.stems))
            .or_else(|| date_column(self.index, &self.dated_tables(), &self.slots.stems))
    }

    fn dated_tables(&self) -> Vec<TableId> {
        let mut tables = self.base.clone();
        for table in &self.slots.named {
            if !tables.contains(table) {
                tables.push(*table);
            }
        }
        tables
    }

    /// A balance is not added up over dates: the latest one, unless a date is given.
    fn keep_to_one_date(&mut self, draft: &mut Draft, measure: &Measure) -> Option<()> {
        let Measure::Column(column) = measure else {
            return Some(());
        };
        if !self.index.column(*column).balance {
            return Some(());
        }
        let table = self.index.table_of(*column);
        let date = self.index.table(table).snapshot_date?;
        if self.slots.groups.iter().any(|g| matches!(g, Group::Time(Grain::Day))) {
            return Some(());
        }
        if self.slots.groups.iter().any(|g| matches!(g, Group::Time(_))) {
            return None;
        }
        let given = self
            .slots
            .filters
            .iter()
            .find_map(|f| if let Filter::Date { span, .. } = f { Some(span.grain) } else { None });
        match given {
            Some(Grain::Day) => {}
            Some(_) => return None,
            None => {
                let latest = Draft {
                    select: vec![Item::Aggregate(Aggregate::Max, false, date)],
                    tables: vec![table],
                    ..Draft::default()
                };
                draft.conditions.push(Condition::Against(date, Comparison::Equal, Box::new(latest)));
                draft.notes.push("a level per date is not added up over dates: the latest date is taken".to_owned());
            }
        }
        Some(())
    }

    fn share(&mut self, draft: &mut Draft) -> Option<()> {
        let root = self.slots.root?;
        draft.tables = vec![root];
        if self.slots.groups.is_empty() && self.slots.show.is_empty() {
            let conditions = std::mem::take(&mut draft.conditions);
            if conditions.is_empty() {
                return None;
            }
            let own = |c: &Condition| !c.columns().is_empty();
            if !conditions.iter().all(own) {
                return None;
            }
            draft.select = vec![Item::Ratio(Box::new(Item::CountWhere(conditions)), Box::new(Item::CountRows), true)];
            return Some(());
        }
        for group in self.slots.groups.clone() {
            draft.group.extend(self.group_items(&group)?);
        }
        draft.select.clone_from(&draft.group);
        let all = Draft {
            select: vec![Item::CountRows],
            tables: vec![root],
            conditions: draft.conditions.clone(),
            ..Draft::default()
        };
        draft.select.push(Item::Ratio(Box::new(Item::CountRows), Box::new(Item::Scalar(Box::new(all))), true));
        Some(())
    }
}
