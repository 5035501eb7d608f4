//! An empty result whose cause is a value that is not in the data: the nearest values that are.

use crate::{
    CatalogIndex, EmptyRepair, Plan, Trial, TrialOutcome,
    catalog_index::ColumnId,
    draft::{Condition, Draft, lift, realise},
    plan::{Comparison, Literal},
    tokens::value_key,
};

/// For a plan whose result is empty: the same plan with the nearest values that are in the data, where that gives rows.
#[must_use]
pub fn repair_empty(index: &CatalogIndex, plan: &Plan, trial: &dyn Trial) -> Option<EmptyRepair> {
    let draft = lift(index, plan)?;
    for position in 0..draft.conditions.len() {
        let Some((column, text)) = draft.conditions.get(position).and_then(missing_text) else {
            continue;
        };
        for cell in nearest(index, column, &text).into_iter().take(3) {
            let mut mended: Draft = draft.clone();
            if let Some(condition) = mended.conditions.get_mut(position) {
                *condition = Condition::Compare(column, Comparison::Equal, Literal::Text(cell.clone()));
            }
            let Some(plan) = realise(index, &mended, &|_| 0.0) else {
                continue;
            };
            let sql = plan.to_sql(index.dialect);
            if let TrialOutcome::Rows(rows) = trial.run(&sql)
                && !rows.rows.is_empty()
            {
                let label = &index.column(column).label;
                let note = format!("No \u{201c}{text}\u{201d} in {label}; took \u{201c}{cell}\u{201d}.");
                return Some(EmptyRepair { plan, sql, note });
            }
        }
    }
    None
}

fn missing_text(condition: &Condition) -> Option<(ColumnId, String)> {
    match condition {
        Condition::Compare(column, Comparison::Equal, Literal::Text(text)) => Some((*column, text.clone())),
        Condition::Like(column, pattern, false) => Some((*column, pattern.trim_matches('%').to_owned())),
        _ => None,
    }
}

/// Cells of the column that are like `text`, likest first.
fn nearest(index: &CatalogIndex, column: ColumnId, text: &str) -> Vec<String> {
    let wanted = value_key(text);
    let mut scored: Vec<(f64, String)> = index
        .values
        .cells_of(column)
        .filter(|cell| *cell != text)
        .map(|cell| (similarity(&wanted, &value_key(cell)), cell.to_owned()))
        .filter(|(score, _)| *score >= 0.45)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.into_iter().map(|(_, cell)| cell).collect()
}

/// Dice's coefficient over letter pairs; contained words count as near.
fn similarity(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (left, mut right) = (pairs(a), pairs(b));
    let total = left.len() + right.len();
    if total == 0 {
        return f64::from(u8::from(a == b));
    }
    let mut common = 0;
    for pair in left {
        if let Some(at) = right.iter().position(|p| *p == pair) {
            right.swap_remove(at);
            common += 1;
        }
    }
    let dice = 2.0 * f64::from(common) / total as f64;
    let contained = format!(" {b} ").contains(&format!(" {a} ")) || format!(" {a} ").contains(&format!(" {b} "));
    if contained { dice.max(0.8) } else { dice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_near_and_other_words_are_not() {
        assert!(similarity("calder bay", "calder bey") > 0.7);
        assert!(similarity("novaro", "novaro 5 pro") >= 0.8);
        assert!(similarity("tablet", "phone") < 0.3);
    }
}
