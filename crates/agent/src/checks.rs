//! What is checked of an answer, in words with figures: the ground for trusting it.

use crate::{
    analyst::{DraftJoin, TieProbe},
    relations::wording::reasons,
    rule_analyst::readings::CHOSEN,
    wording::{count, list, percent},
    workbench::Workbench,
};
use datafyme_connect::QueryPlan;
use datafyme_domain::{Check, Dialect, JoinCount, Relation, RelationKind, RowSet, TableRef, run::CheckResult};
use datafyme_nlq::{Language, TrialOutcome};

/// Tables named in words; the answer lists them all.
const NAMED: usize = 6;

fn check(code: &str, result: CheckResult, detail: String) -> Check {
    Check { code: code.to_owned(), result, detail, join: None }
}

/// The guard made this query: see `connect::guard`.
pub(crate) fn read_only() -> Check {
    check(
        "read_only",
        CheckResult::Passed,
        "One SELECT of known tables with harmless functions, run in a read-only transaction.".to_owned(),
    )
}

/// The guard resolved every table that is read.
pub(crate) fn tables_exist(tables: &[TableRef]) -> Check {
    let names: Vec<String> = tables.iter().map(ToString::to_string).collect();
    let detail = match names.as_slice() {
        [] => "Reads no table.".to_owned(),
        [one] => format!("Reads {one}, which is known."),
        many if many.len() <= NAMED => format!("Reads {}, all known.", list(many)),
        many => {
            let first: Vec<&str> = many.iter().take(NAMED).map(String::as_str).collect();
            format!("Reads {} and {} more tables, all known.", first.join(", "), many.len() - NAMED)
        }
    };
    check("tables_exist", CheckResult::Passed, detail)
}

/// The database made a plan for the query.
pub(crate) fn query_compiled(dialect: Dialect, plan: &QueryPlan) -> Check {
    let expected = plan.estimated_rows.filter(|n| n.is_finite() && *n >= 0.0);
    let expected = expected.map_or_else(String::new, |n| format!(" It expects about {} rows.", count(n.round())));
    check("query_compiled", CheckResult::Passed, format!("{} compiled the query.{expected}", dialect.title()))
}

/// For each join: whether it follows a known relation.
pub(crate) fn joins(joins: &[DraftJoin], known: &[Relation]) -> Vec<Check> {
    let of = |join: &DraftJoin| match relation_of(join, known) {
        Some(relation) => relation_known(relation),
        None => check(
            "relations_known",
            CheckResult::Warning,
            format!("{} is a guess: no relation between these tables is known.", label(join)),
        ),
    };
    joins.iter().map(of).collect()
}

/// What learning knows of the joins: which rows they lose, and whether they count rows twice. Stands in for a count.
pub(crate) fn joins_expected(joins: &[DraftJoin], known: &[Relation]) -> Vec<Check> {
    let mut found = Vec::new();
    for join in joins {
        found.extend(relation_of(join, known).and_then(|relation| orphans(relation, join)));
        if join.inflates {
            found.push(check(
                "fan_out",
                CheckResult::Warning,
                format!(
                    "Joining {} repeats rows of {}: totals and counts over these include a row once per match.",
                    join.to_table, join.from_table
                ),
            ));
        }
    }
    found
}

/// What a join did to the rows before it. `most`: the most partners of one row.
pub(crate) fn join_counted(figures: &JoinCount, most: u64) -> Check {
    let n = |value: u64| count(value as f64);
    let JoinCount { from, to, rows_in, matched, .. } = figures;
    let mut detail = match (figures.dropped + figures.kept_unmatched, *rows_in) {
        (_, 0) => format!("{from} with {to}: no row comes in."),
        (0, 1) => format!("{from} with {to}: the one row has a partner."),
        (0, all) => format!("{from} with {to}: all {} rows have a partner.", n(all)),
        (without, all) => format!(
            "{from} with {to}: {} of {} rows have a partner; {} ({}) {} none and {} {}.",
            n(*matched),
            n(all),
            n(without),
            percent(without as f64 / all as f64),
            if without == 1 { "has" } else { "have" },
            if without == 1 { "is" } else { "are" },
            if figures.dropped > 0 { "left out" } else { "kept" },
        ),
    };
    if figures.repeated > 0 {
        detail.push_str(&format!(
            " {} rows are added, since a row has up to {} partners.",
            n(figures.repeated),
            n(most)
        ));
    }
    // Rows that have no child are left out by intent; rows whose parent is missing are a fault in the data.
    let lost = figures.dropped > 0 && most <= 1;
    let result = if lost { CheckResult::Warning } else { CheckResult::Passed };
    Check { join: Some(figures.clone()), ..check("join", result, detail) }
}

/// Whether each row is counted once in its group.
pub(crate) fn repeats(what: &str, counted: f64, there: f64) -> Check {
    if counted <= there {
        return check("fan_out", CheckResult::Passed, format!("Each row of {what} is counted once."));
    }
    check(
        "fan_out",
        CheckResult::Warning,
        format!(
            "Rows of {what} are counted more than once: {} times in all, though there are {}. Totals, averages and counts \
             over them are weighted by their partners.",
            count(counted),
            count(there)
        ),
    )
}

/// Rows are counted that are pairs of unrelated ones.
pub(crate) fn pairs_counted(tables: &[String]) -> Check {
    check(
        "fan_out",
        CheckResult::Warning,
        format!(
            "Rows of {} are joined through what they have in common alone: every pair of them is counted.",
            list(tables)
        ),
    )
}

/// It took too long to see whether rows are counted twice.
pub(crate) fn repeats_unknown(what: &str) -> Check {
    check(
        "fan_out",
        CheckResult::Warning,
        format!("A join may repeat rows of {what}, and counting them took too long: totals over them may be too high."),
    )
}

/// The known relation that a join follows, by id or by its columns in either direction.
pub(crate) fn relation_of<'a>(join: &DraftJoin, known: &'a [Relation]) -> Option<&'a Relation> {
    let by_id = known.iter().find(|r| Some(r.id) == join.relation);
    by_id.or_else(|| {
        known.iter().find(|r| {
            let forward = r.from_table == join.from_table
                && r.to_table == join.to_table
                && r.from_columns == join.from_columns
                && r.to_columns == join.to_columns;
            let backward = r.from_table == join.to_table
                && r.to_table == join.from_table
                && r.from_columns == join.to_columns
                && r.to_columns == join.from_columns;
            forward || backward
        })
    })
}

fn relation_known(relation: &Relation) -> Check {
    let (result, how) = match relation.kind {
        RelationKind::Declared => (CheckResult::Passed, "is declared in the database".to_owned()),
        RelationKind::Confirmed => (CheckResult::Passed, "was confirmed by a person".to_owned()),
        RelationKind::Rejected => (CheckResult::Failed, "was rejected by a person".to_owned()),
        RelationKind::Inferred => {
            let result = if relation.confidence >= 0.8 { CheckResult::Passed } else { CheckResult::Warning };
            (result, format!("is inferred, {} sure", percent(relation.confidence)))
        }
    };
    // That it is declared has just been said.
    let skipped = usize::from(relation.kind == RelationKind::Declared);
    let reasons = reasons(relation, Language::En);
    let reason = reasons.get(skipped).map_or_else(String::new, |r| format!(" ({r})"));
    check("relations_known", result, format!("{} {how}{reason}.", relation.label()))
}

/// Rows of the child that have no partner: a join leaves them out, unless it keeps all rows of the child.
fn orphans(relation: &Relation, join: &DraftJoin) -> Option<Check> {
    let orphans = relation.evidence.orphan_rows.filter(|n| *n > 0)?;
    let kept = join.keeps_unmatched && join.from_table == relation.from_table;
    let result = if kept { CheckResult::Passed } else { CheckResult::Warning };
    let of = relation.evidence.child_rows.unwrap_or(0);
    let share = if of > 0 {
        format!(" of {} ({})", count(of as f64), percent(orphans as f64 / of as f64))
    } else {
        String::new()
    };
    Some(check(
        "orphans",
        result,
        format!(
            "{}{share} {} of {} {} no matching row in {}: {} {} here.",
            count(orphans as f64),
            if orphans == 1 { "row" } else { "rows" },
            relation.from_table,
            if orphans == 1 { "has" } else { "have" },
            relation.to_table,
            if orphans == 1 { "it is" } else { "they are" },
            if kept { "kept" } else { "left out" }
        ),
    ))
}

fn label(join: &DraftJoin) -> String {
    format!("{}.{} = {}.{}", join.from_table, join.from_columns.join("+"), join.to_table, join.to_columns.join("+"))
}

/// Whether all rows are there.
pub(crate) fn complete(rows: &RowSet) -> Check {
    let n = rows.rows.len();
    if rows.truncated {
        return check(
            "complete",
            CheckResult::Warning,
            format!("Only the first {} rows are shown; figures in the text are of these rows alone.", count(n as f64)),
        );
    }
    let detail = match n {
        1 => "The one row of the result is shown.".to_owned(),
        n => format!("All {} rows of the result are shown.", count(n as f64)),
    };
    check("complete", CheckResult::Passed, detail)
}

/// The query ran, and there is nothing.
pub(crate) fn empty(rows: &RowSet) -> Check {
    let detail = if rows.is_empty() {
        "The query ran and found no rows: nothing in the data fits these conditions."
    } else {
        "The query ran, and no row of the data fits its conditions."
    };
    check("empty", CheckResult::Warning, detail.to_owned())
}

/// A person approved the query for just this question.
pub(crate) fn verified(said: &str) -> Check {
    check("verified", CheckResult::Passed, said.to_owned())
}

/// An assumption that was made, or a word that was not used.
pub(crate) fn note(text: &str) -> Check {
    if text == CHOSEN {
        return check("chosen_reading", CheckResult::Passed, text.to_owned());
    }
    check("note", CheckResult::Warning, text.to_owned())
}

/// Whether the cut of a "top n" goes through equals.
pub(crate) async fn ties(bench: &Workbench, probe: &TieProbe) -> Option<Check> {
    let TrialOutcome::Rows(keys) = bench.attempt(&probe.sql).await else {
        return None;
    };
    let last = keys.rows.get(probe.kept.checked_sub(1)?)?;
    let equal = keys.rows.iter().filter(|k| *k == last).count();
    let beyond = keys.rows.iter().skip(probe.kept).filter(|k| *k == last).count();
    if beyond == 0 {
        return Some(check("ties", CheckResult::Passed, "No ties at the cut.".to_owned()));
    }
    let more = if keys.truncated || probe.kept + beyond == keys.rows.len() { "at least " } else { "" };
    let detail = if probe.kept == 1 {
        format!("{more}{equal} rows tie for this place; only one of them is shown.")
    } else {
        format!(
            "{more}{equal} rows tie for the last place; {} of them {} left out.",
            beyond,
            if beyond == 1 { "is" } else { "are" }
        )
    };
    Some(check("ties", CheckResult::Warning, capitalized(&detail)))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafyme_domain::{Cardinality, DataSourceId, RelationEvidence, RelationId};

    fn relation(kind: RelationKind, confidence: f64, orphans: u64) -> Relation {
        Relation {
            id: RelationId::generate(),
            source_id: DataSourceId::generate(),
            from_table: TableRef::bare("orders"),
            from_columns: vec!["company_id".to_owned()],
            to_table: TableRef::bare("companies"),
            to_columns: vec!["id".to_owned()],
            kind,
            cardinality: Cardinality::ManyToOne,
            confidence,
            tier: datafyme_domain::RelationTier::default(),
            role: None,
            condition: None,
            evidence: RelationEvidence {
                orphan_rows: Some(orphans),
                child_rows: Some(1_000),
                ..RelationEvidence::default()
            },
        }
    }

    fn join() -> DraftJoin {
        DraftJoin {
            from_table: TableRef::bare("companies"),
            from_columns: vec!["id".to_owned()],
            to_table: TableRef::bare("orders"),
            to_columns: vec!["company_id".to_owned()],
            relation: None,
            keeps_unmatched: false,
            inflates: false,
        }
    }

    fn said(checks: &[Check]) -> Vec<(CheckResult, &str)> {
        checks.iter().map(|c| (c.result, c.detail.as_str())).collect()
    }

    #[test]
    fn a_join_is_known_by_its_columns_in_either_direction() {
        let known = [relation(RelationKind::Inferred, 0.91, 0)];
        assert_eq!(
            said(&joins(&[join()], &known)),
            [(CheckResult::Passed, "orders.company_id → companies.id is inferred, 91 % sure.")]
        );
        assert_eq!(
            said(&joins(&[join()], &[])),
            [(
                CheckResult::Warning,
                "companies.id = orders.company_id is a guess: no relation between these tables is known."
            )]
        );
        let doubtful = [relation(RelationKind::Inferred, 0.6, 0)];
        assert_eq!(said(&joins(&[join()], &doubtful)).first().map(|c| c.0), Some(CheckResult::Warning));
    }

    #[test]
    fn rows_that_a_join_loses_are_counted_unless_it_keeps_them() {
        let known = [relation(RelationKind::Declared, 1.0, 95)];
        let lost = joins_expected(&[join()], &known);
        let lost = lost.iter().find(|c| c.code == "orphans").map(|c| (c.result, c.detail.as_str()));
        let words = "95 of 1,000 (9.5 %) rows of orders have no matching row in companies: they are left out here.";
        assert_eq!(lost, Some((CheckResult::Warning, words)));
        let outer = DraftJoin {
            from_table: TableRef::bare("orders"),
            from_columns: vec!["company_id".to_owned()],
            to_table: TableRef::bare("companies"),
            to_columns: vec!["id".to_owned()],
            keeps_unmatched: true,
            ..join()
        };
        let kept = joins_expected(&[outer], &known);
        assert_eq!(kept.iter().find(|c| c.code == "orphans").map(|c| c.result), Some(CheckResult::Passed));
    }

    #[test]
    fn a_counted_join_warns_of_lost_children_and_of_nothing_else() {
        let figures = JoinCount {
            from: "orders".to_owned(),
            to: "companies".to_owned(),
            rows_in: 1_000,
            matched: 905,
            dropped: 95,
            kept_unmatched: 0,
            repeated: 0,
        };
        let lost = join_counted(&figures, 1);
        let words = "orders with companies: 905 of 1,000 rows have a partner; 95 (9.5 %) have none and are left out.";
        assert_eq!((lost.result, lost.detail.as_str()), (CheckResult::Warning, words));
        let down = JoinCount { repeated: 40, ..figures.clone() };
        assert_eq!(join_counted(&down, 4).result, CheckResult::Passed);
        assert!(join_counted(&down, 4).detail.ends_with("40 rows are added, since a row has up to 4 partners."));
        let kept = JoinCount { dropped: 0, kept_unmatched: 95, ..figures };
        assert_eq!(join_counted(&kept, 1).result, CheckResult::Passed);
    }

    #[test]
    fn a_join_that_repeats_what_is_added_up_is_warned_of() {
        let inflating = DraftJoin { inflates: true, ..join() };
        let found = joins_expected(&[inflating], &[]);
        assert!(found.iter().any(|c| c.code == "fan_out" && c.result == CheckResult::Warning));
    }
}
