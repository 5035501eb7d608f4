//! Whether the joins of a plan pair rows that have nothing to do with each other but a common parent, and a figure
//! counts the pairs. (The "fan trap" and "chasm trap" of entity-relationship modelling: Howe, "Data Analysis for Data Base
//! Design", 1983.)

use super::{Aggregate, Expr, Plan};

impl Plan {
    /// The join after which a figure of this plan counts pairs: orders and deliveries of the same product, say. Absent
    /// where rows stay those of one table, and where nothing is counted or added up.
    #[must_use]
    pub fn fan_trap(&self) -> Option<usize> {
        let figures = self.select.iter().map(|s| &s.expr).chain(self.order.iter().map(|o| &o.expr));
        if !figures.into_iter().any(counts_rows) {
            return None;
        }
        // What one row of the result so far is a row of: each step down from it makes it finer; one down from elsewhere pairs.
        let mut grain = 0;
        for (at, join) in self.joins.iter().enumerate().filter(|(_, join)| join.multiplies) {
            if join.on.first().is_none_or(|(earlier, _)| earlier.source != grain) {
                return Some(at);
            }
            grain = at + 1;
        }
        None
    }
}

/// Whether the figure grows with every pair: not a distinct count, not the largest of something.
fn counts_rows(expr: &Expr) -> bool {
    match expr {
        Expr::CountRows | Expr::CountWhere { .. } | Expr::SumWhere { .. } | Expr::SumProduct { .. } => true,
        Expr::Aggregate { function, distinct, .. } => {
            !distinct && matches!(function, Aggregate::Count | Aggregate::Sum | Aggregate::Avg)
        }
        Expr::Ratio { numerator, denominator, .. } => counts_rows(numerator) || counts_rows(denominator),
        Expr::Difference { left, right } => counts_rows(left) || counts_rows(right),
        Expr::Column(_) | Expr::Everything | Expr::Period { .. } | Expr::Scalar { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{ColumnUse, Join, JoinKind, SelectItem};
    use datafyme_domain::ColumnType;

    fn column(source: usize) -> ColumnUse {
        ColumnUse {
            source,
            column: "id".to_owned(),
            label: "id".to_owned(),
            column_type: ColumnType::Integer,
            nullable: false,
            date_format: None,
            identifier: true,
            expression: None,
        }
    }

    /// Each join: the earlier source that it is attached to, and whether that has many rows of the attached one.
    fn plan(figure: Expr, joins: &[(usize, bool)]) -> Plan {
        let join = |(at, (from, multiplies)): (usize, &(usize, bool))| Join {
            kind: JoinKind::Inner,
            on: vec![(column(*from), column(at + 1))],
            relation: None,
            multiplies: *multiplies,
        };
        Plan {
            select: vec![SelectItem { expr: figure, label: "figure".to_owned() }],
            joins: joins.iter().enumerate().map(join).collect(),
            ..Plan::default()
        }
    }

    #[test]
    fn children_of_one_parent_are_paired() {
        // orders → products ← deliveries
        assert_eq!(plan(Expr::CountRows, &[(0, false), (1, true)]).fan_trap(), Some(1));
        // customers ← orders, customers ← complaints
        assert_eq!(plan(Expr::CountRows, &[(0, true), (0, true)]).fan_trap(), Some(1));
    }

    #[test]
    fn a_way_down_and_a_way_over_a_link_table_pair_nothing() {
        // customers ← orders ← items; students ← enrolments → courses
        assert_eq!(plan(Expr::CountRows, &[(0, true), (1, true)]).fan_trap(), None);
        assert_eq!(plan(Expr::CountRows, &[(0, true), (1, false)]).fan_trap(), None);
    }

    #[test]
    fn what_no_pair_changes_is_no_trap() {
        let pairs = [(0, false), (1, true)];
        let of = |function, distinct| Expr::Aggregate { function, distinct, of: column(0) };
        assert_eq!(plan(of(Aggregate::Count, true), &pairs).fan_trap(), None);
        assert_eq!(plan(of(Aggregate::Max, false), &pairs).fan_trap(), None);
        assert_eq!(plan(Expr::Column(column(0)), &pairs).fan_trap(), None);
        assert_eq!(plan(of(Aggregate::Sum, false), &pairs).fan_trap(), Some(1));
    }
}
