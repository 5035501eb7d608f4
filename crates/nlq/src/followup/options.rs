//! What the values of a follow-up may be, beside the last draft.

use crate::{
    CatalogIndex,
    candidates::bindings::{self, BindingRole, number_text},
    catalog_index::{ColumnId, TableId},
    draft::{Condition, Draft},
    plan::Literal,
    rank::Weights,
    reading::{Reading, ValueKind, ValueSpan},
};

/// What values may be, columns of the tables at hand first, and those that are already compared before all.
pub(super) fn options_near(
    index: &CatalogIndex,
    reading: &Reading,
    draft: &Draft,
    tables: &[TableId],
    weights: &Weights,
) -> Vec<Vec<bindings::Binding>> {
    let compared = compared(draft);
    let mut options = bindings::options(index, reading, weights);
    for (position, choices) in options.iter_mut().enumerate() {
        let value = reading.values.get(position);
        for binding in choices.iter_mut() {
            match (&binding.role, binding.column()) {
                (BindingRole::Where(_), Some(column)) => {
                    let home = tables.contains(&index.table_of(column));
                    binding.prior += if compared.contains(&column) {
                        3.0
                    } else if home {
                        1.5
                    } else {
                        0.0
                    };
                }
                (BindingRole::Having(..), _) => binding.prior += if draft.having.is_empty() { -1.0 } else { 4.0 },
                _ => {}
            }
        }
        if let Some(value) = value {
            choices.extend(of_number(index, reading, draft, position, value));
        }
        choices.sort_by(|a, b| b.score(weights).total_cmp(&a.score(weights)));
    }
    options
}

/// What a number may be beside the last draft: a bound of what was compared, of what was counted, a limit.
fn of_number(
    index: &CatalogIndex,
    reading: &Reading,
    draft: &Draft,
    position: usize,
    value: &ValueSpan,
) -> Vec<bindings::Binding> {
    let ValueKind::Number { value: number, .. } = value.kind else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |role: BindingRole, prior: f64| {
        found.push(bindings::Binding { value: position, role, mention: None, prior, features: Vec::new() });
    };
    // "And below 30,000?": the column is the one that was compared before.
    let (op, strength) = crate::candidates::comparison(reading, value.start, value.end);
    for column in &compared(draft) {
        if index.column(*column).is_measure() && strength > 0 {
            add(BindingRole::Where(Condition::Compare(*column, op, Literal::Number(number_text(number)))), 2.5);
        }
    }
    if strength > 0 && !draft.having.is_empty() {
        add(BindingRole::Having(op, number), 3.0);
    }
    if strength == 0
        && (1.0..=1000.0).contains(&number)
        && (draft.limit.is_some() || reading.has(&["top", "bottom", "first", "make"]))
    {
        add(BindingRole::Limit(number as u64), 3.0);
    }
    if value.capital
        || reading.has(&["highest", "lowest", "largest", "smallest", "biggest", "best", "worst"]) && strength == 0
    {
        add(BindingRole::Limit(number as u64), 2.5);
    }
    found
}

/// Columns that conditions of the draft, inner ones included, compare with constants.
fn compared(draft: &Draft) -> Vec<ColumnId> {
    draft
        .conditions
        .iter()
        .flat_map(|c| match c {
            Condition::Exists { inner, .. } => compared(inner),
            other => other.columns(),
        })
        .collect()
}
