//! From a model's reply to documentation: known columns only, each once and in order, every claim supported and every
//! list bounded.

use super::{DocumentReply, ReplyColumn, Shown, sheet::cut};
use crate::analyst::{WrittenColumn, WrittenDocumentation};
use datafyme_domain::{Table, names::fold};
use std::collections::HashSet;

/// Longest description of a table, in characters.
const TABLE_CHARS: usize = 900;
/// Longest description of a column, in characters.
const COLUMN_CHARS: usize = 300;
/// Longest use case or question, in characters.
const LINE_CHARS: usize = 200;
/// Longest synonym, in characters.
const SYNONYM_CHARS: usize = 60;
/// Most of each.
const USE_CASES: usize = 6;
const QUESTIONS: usize = 10;
const SYNONYMS: usize = 6;

/// A reply that was looked through.
#[derive(Debug)]
pub(super) struct Settled {
    documentation: WrittenDocumentation,
}

impl Settled {
    pub(super) fn of(table: &Table, said: DocumentReply, shown: &Shown) -> Self {
        let described = |name: &str| find(&said.columns, table, name);
        let columns = table.columns.iter().map(|column| {
            let said = described(&column.name);
            WrittenColumn {
                column: column.name.clone(),
                description: said.map(|c| shown.supported(&c.description, COLUMN_CHARS)).unwrap_or_default(),
                synonyms: said.map(|c| synonyms(&c.synonyms, &column.name)).unwrap_or_default(),
            }
        });
        let columns = columns.collect();
        let use_cases = said.use_cases.iter().filter(|u| shown.supports(u));
        Self {
            documentation: WrittenDocumentation {
                business_description: shown.supported(&said.business_description, TABLE_CHARS),
                technical_description: shown.supported(&said.technical_description, TABLE_CHARS),
                columns,
                use_cases: lines(use_cases, USE_CASES),
                common_questions: lines(said.common_questions.iter(), QUESTIONS),
                synonyms: synonyms(&said.synonyms, &table.name.table),
            },
        }
    }

    /// Whether there is something for the rules to fill in.
    pub(super) fn lacks_something(&self) -> bool {
        let written = &self.documentation;
        written.business_description.is_empty()
            || written.technical_description.is_empty()
            || written.use_cases.is_empty()
            || written.common_questions.is_empty()
            || written.columns.iter().any(|c| c.description.is_empty())
    }

    /// Puts what the rules wrote where the model wrote nothing.
    pub(super) fn fill(&mut self, rules: WrittenDocumentation) {
        let written = &mut self.documentation;
        let fill = |text: &mut String, with: String| {
            if text.is_empty() {
                *text = with;
            }
        };
        fill(&mut written.business_description, rules.business_description);
        fill(&mut written.technical_description, rules.technical_description);
        if written.use_cases.is_empty() {
            written.use_cases = rules.use_cases;
        }
        if written.common_questions.is_empty() {
            written.common_questions = rules.common_questions;
        }
        for (column, by_rules) in written.columns.iter_mut().zip(rules.columns) {
            fill(&mut column.description, by_rules.description);
        }
    }

    pub(super) fn into_documentation(self) -> WrittenDocumentation {
        self.documentation
    }
}

/// What was said of a column: its exact name first, then the name in other letters, in quotes or behind the table's.
fn find<'a>(said: &'a [ReplyColumn], table: &Table, name: &str) -> Option<&'a ReplyColumn> {
    said.iter().find(|c| c.column == name).or_else(|| {
        said.iter().find(|c| {
            // Another column may have just that name.
            table.column(&c.column).is_none() && {
                let bare = c.column.rsplit('.').next().unwrap_or_default();
                let bare = bare.trim().trim_matches(['`', '"', '[', ']', '\'']);
                bare == name || fold(bare) == fold(name)
            }
        })
    })
}

/// Lines, trimmed, each once.
fn lines<'a>(said: impl Iterator<Item = &'a String>, most: usize) -> Vec<String> {
    let mut seen = HashSet::new();
    said.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty() && line.chars().count() <= LINE_CHARS && seen.insert(fold(line)))
        .take(most)
        .collect()
}

/// Names in words, each once, none of them the name itself.
fn synonyms(said: &[String], name: &str) -> Vec<String> {
    let mut seen = HashSet::from([fold(name)]);
    said.iter()
        .map(|s| cut(s.split_whitespace().collect::<Vec<_>>().join(" ").as_str(), SYNONYM_CHARS))
        .filter(|s| !s.is_empty() && seen.insert(fold(s)))
        .take(SYNONYMS)
        .collect()
}
