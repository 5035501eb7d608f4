//! Words of the business as prompts show them: those that stand in the question first, then those of its tables.

use super::{Privacy, quoting};
use crate::knowledge::SourceKnowledge;
use datafyme_domain::{BusinessTerm, Dialect, TableRef, TermMeaning, names::text_words};

/// Terms shown.
const TERMS: usize = 20;
/// Characters of a name, value or expression.
const NAME: usize = 120;
/// Characters of a definition.
const DEFINITION: usize = 240;

/// `revenue, turnover: orders.(quantity * price); what customers paid`.
pub(super) fn matching(
    knowledge: &SourceKnowledge,
    tables: &[TableRef],
    question: &str,
    privacy: Privacy,
) -> Vec<String> {
    let asked = format!(" {} ", text_words(question).join(" "));
    let stands = |term: &BusinessTerm| term.names().any(|n| asked.contains(&format!(" {}", text_words(n).join(" "))));
    let of_tables = |term: &BusinessTerm| term.meaning.as_ref().is_none_or(|m| tables.contains(m.table()));
    let mut found: Vec<(bool, &BusinessTerm)> =
        knowledge.terms.iter().map(|t| (stands(t), t)).filter(|(stands, t)| *stands || of_tables(t)).collect();
    found.sort_by_key(|(stands, _)| !stands);
    found.into_iter().take(TERMS).map(|(_, term)| line(term, knowledge.catalog.dialect, privacy)).collect()
}

fn line(term: &BusinessTerm, dialect: Dialect, privacy: Privacy) -> String {
    let names: Vec<String> = term.names().map(|n| quoting::line(n, NAME)).collect();
    let column =
        |table: &TableRef, column: &str| format!("{}.{}", table.to_sql(dialect), dialect.quote_if_needed(column));
    let meaning = term.meaning.as_ref().map(|meaning| match meaning {
        TermMeaning::Table { table } => format!("table {}", table.to_sql(dialect)),
        TermMeaning::Column { table, column: name } => column(table, name),
        TermMeaning::Value { table, column: name, .. } if privacy != Privacy::Samples => {
            format!("a value of {}", column(table, name))
        }
        TermMeaning::Value { table, column: name, value } => {
            format!("{} = {}", column(table, name), dialect.literal(&quoting::line(value, NAME)))
        }
        TermMeaning::Expression { table, sql } => {
            format!("{} of each row of {}", quoting::line(sql, NAME), table.to_sql(dialect))
        }
    });
    let definition = Some(quoting::line(&term.definition, DEFINITION)).filter(|d| !d.is_empty());
    let said: Vec<String> = meaning.into_iter().chain(definition).collect();
    format!("{}: {}", names.join(", "), said.join("; "))
}
