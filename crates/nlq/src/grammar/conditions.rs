//! Open filters settled: which column a cell stands in, which date is meant, what absence is the absence of.

use super::{
    assemble::Builder,
    slots::{CellOptions, Filter, Measure},
};
use crate::{
    candidates::{date_condition, literal_of, number_text},
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft, Item},
    plan::{Aggregate, Comparison, Literal},
};

/// Furthest that a cell's table may be from what is asked, in join cost.
const FAR: f64 = 4.5;

impl Builder<'_> {
    pub(super) fn conditions(&mut self) -> Option<Vec<Condition>> {
        let mut found = Vec::new();
        let filters = self.slots.filters.clone();
        for filter in &filters {
            let condition = match filter {
                Filter::Cells { cells, negated, .. } => self.cells(cells, *negated)?,
                Filter::Date { span, column } => {
                    let column = match column {
                        Some(c) => *c,
                        None => self.date_of(span)?,
                    };
                    date_condition(self.index, column, span)?
                }
                Filter::Number { column, op, value, high: Some(high) } => {
                    let _ = op;
                    Condition::Between(
                        *column,
                        Literal::Number(number_text(*value)),
                        Literal::Number(number_text(*high)),
                    )
                }
                Filter::Number { column, op, value, high: None } => {
                    Condition::Compare(*column, *op, Literal::Number(number_text(*value)))
                }
                Filter::Average { column, op } => {
                    let table = self.index.table_of(*column);
                    let average = Draft {
                        select: vec![Item::Aggregate(Aggregate::Avg, false, *column)],
                        tables: vec![table],
                        ..Draft::default()
                    };
                    Condition::Against(*column, *op, Box::new(average))
                }
                Filter::Null { column } => Condition::Null(*column, false),
                Filter::Endpoint { edge, cells } => self.endpoint(*edge, cells)?,
                Filter::Without { table, cells } => self.without(*table, cells)?,
            };
            match condition {
                Condition::All(of) => found.extend(of),
                one => found.push(one),
            }
        }
        // One cell cannot hold two values: what is meant is not a plain condition.
        let equal = |c: &Condition| {
            if let Condition::Compare(c, Comparison::Equal, _) = c { Some(*c) } else { None }
        };
        let mut columns: Vec<ColumnId> = found.iter().filter_map(equal).collect();
        let count = columns.len();
        columns.sort_unstable();
        columns.dedup();
        (columns.len() == count).then_some(found)
    }

    fn date_of(&mut self, _span: &crate::dates::DateSpan) -> Option<ColumnId> {
        if let Some((_, Measure::Column(c))) = self.slots.head_measure()
            && self.index.column(c).balance
        {
            return self.index.table(self.index.table_of(c)).snapshot_date;
        }
        self.time_column()
    }

    fn cells(&mut self, cells: &[CellOptions], negated: bool) -> Option<Condition> {
        if cells.iter().all(|c| c.hits.iter().all(|h| h.2 < 0.6)) {
            // Only part of a cell is named.
            let cell = cells.first()?;
            let column = cell.near.or_else(|| self.choose(cells))?;
            return Some(Condition::Like(column, format!("%{}%", cell.text), negated));
        }
        let column = self.choose(cells)?;
        let conditions: Vec<Condition> = cells
            .iter()
            .map(|cell| {
                cell.in_column(column)
                    .map(|text| Condition::Compare(column, Comparison::Equal, literal_of(self.index, column, text)))
            })
            .collect::<Option<Vec<_>>>()?;
        let table = self.index.table_of(column);
        if negated {
            if self.base.contains(&table) && self.index.table(table).sibling_label != Some(column) {
                let negative = |c: Condition| match c {
                    Condition::Compare(c, _, v) => Condition::Compare(c, Comparison::NotEqual, v),
                    other => other,
                };
                let mut all: Vec<Condition> = conditions.into_iter().map(negative).collect();
                return if all.len() == 1 { all.pop() } else { Some(Condition::All(all)) };
            }
            return self.without(table, cells);
        }
        let mut all = conditions;
        let condition = if all.len() == 1 { all.pop()? } else { Condition::Any(all) };
        Some(self.over_all_families(column, condition, cells))
    }

    /// "attendance and box office in Australia": each family of tables is narrowed to it.
    fn over_all_families(&self, column: ColumnId, condition: Condition, cells: &[CellOptions]) -> Condition {
        if self.index.table(self.index.table_of(column)).sibling_label != Some(column) {
            return condition;
        }
        let mut all = vec![condition];
        for table in &self.base {
            let Some(label) = self.index.table(*table).sibling_label.filter(|l| *l != column) else {
                continue;
            };
            let own: Option<Vec<Condition>> = cells
                .iter()
                .map(|c| {
                    c.in_column(label)
                        .map(|text| Condition::Compare(label, Comparison::Equal, literal_of(self.index, label, text)))
                })
                .collect();
            match own {
                Some(mut own) if own.len() == 1 => all.extend(own.pop()),
                Some(own) => all.push(Condition::Any(own)),
                None => {}
            }
        }
        if all.len() == 1 { all.remove(0) } else { Condition::All(all) }
    }

    /// The column that all cells of a condition stand in, nearest to what is asked.
    pub(super) fn choose(&mut self, cells: &[CellOptions]) -> Option<ColumnId> {
        let first = cells.first()?;
        if let Some(near) = cells.iter().find_map(|c| c.near)
            && cells.iter().all(|c| c.in_column(near).is_some())
        {
            return Some(near);
        }
        let mut ranked: Vec<(f64, ColumnId)> = first
            .hits
            .iter()
            .filter(|h| cells.iter().all(|c| c.in_column(h.0).is_some()))
            .filter_map(|h| self.distance(h.0).map(|d| (d - h.2, h.0)))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (best, column) = *ranked.first()?;
        if best > FAR {
            return None;
        }
        if ranked.get(1).is_some_and(|(next, _)| next - best < 0.3) {
            self.doubt += 0.12;
        }
        Some(column)
    }

    fn distance(&self, column: ColumnId) -> Option<f64> {
        let table = self.index.table_of(column);
        let named = self.slots.named.contains(&table);
        let spoken = self.index.column(column).names.iter().flatten().any(|w| self.slots.stems.contains(w));
        let bonus = if named { 0.9 } else { 0.0 } + if spoken { 0.3 } else { 0.0 };
        if self.base.contains(&table) {
            return Some(-bonus - if self.subject() == Some(table) { 0.25 } else { 0.0 });
        }
        let mut tables = self.base.clone();
        tables.push(table);
        let alone = self.index.graph.tree(&self.base, &|_| 0.0).map_or(0.0, |t| t.cost);
        let joined = self.index.graph.tree(&tables, &|_| 0.0)?.cost;
        Some((joined - alone).max(0.1) - bonus)
    }

    /// The row at the parent's end of the edge holds one of the cells.
    fn endpoint(&self, edge: usize, cells: &[CellOptions]) -> Option<Condition> {
        let link = self.index.graph.edge(edge)?;
        let own = link.child_columns.first().copied();
        let equal = |column: ColumnId| {
            let all: Option<Vec<Condition>> = cells
                .iter()
                .map(|cell| {
                    let text = cell.in_column(column)?;
                    Some(Condition::Compare(column, Comparison::Equal, literal_of(self.index, column, text)))
                })
                .collect();
            all.map(|mut of| if of.len() == 1 { of.remove(0) } else { Condition::Any(of) })
        };
        if let Some(condition) = own.and_then(equal) {
            return Some(condition);
        }
        let columns = cells.first()?.hits.iter().map(|h| h.0);
        let condition = columns.filter(|c| self.index.table_of(*c) == link.parent).find_map(equal)?;
        let inner = Draft {
            select: vec![Item::CountRows],
            tables: vec![link.parent],
            conditions: vec![condition],
            ..Draft::default()
        };
        Some(Condition::Exists { negated: false, outer: link.child, edge, inner: Box::new(inner) })
    }

    /// No row of `table` (with those cells) belongs to the subject.
    fn without(&mut self, table: TableId, cells: &[CellOptions]) -> Option<Condition> {
        let root = self.slots.root?;
        let tree = self.index.graph.tree(&[root, table], &|_| 0.0)?;
        let (from, edge) = *tree.steps.first()?;
        if from != root {
            return None;
        }
        let first = self.index.graph.edge(edge)?.other(root);
        let mut inner = Draft { select: vec![Item::CountRows], tables: vec![first], ..Draft::default() };
        if first != table {
            inner.tables.push(table);
        }
        for cell in cells {
            let column = cell.hits.iter().map(|h| h.0).find(|c| self.index.table_of(*c) == table)?;
            inner.conditions.push(Condition::Compare(
                column,
                Comparison::Equal,
                literal_of(self.index, column, cell.in_column(column)?),
            ));
        }
        Some(Condition::Exists { negated: true, outer: root, edge, inner: Box::new(inner) })
    }
}
