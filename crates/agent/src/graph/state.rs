//! A run's state: the fold of the outcomes of its steps.

use super::{Outcome, Stage};
use crate::{
    analyst::{FoundTable, QueryDraft, QueryScope, RepresentationKind, SelectedTable},
    graph::{AnswerStage, RepresentStage},
};
use datafyme_domain::{AnswerReading, ChartSpec, Check, RowSet, TableRef, Value};

/// What is known after some steps. Only [`State::apply`] changes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// The question: as typed, then as restated or rephrased.
    pub question: String,
    /// Whether it refers to an earlier turn.
    pub follow_up: bool,
    /// Tables that retrieval found.
    pub found: Vec<FoundTable>,
    /// Tables that the question is about.
    pub selected: Vec<SelectedTable>,
    /// What the query may be made of.
    pub scope: QueryScope,
    /// The last query.
    pub draft: Option<QueryDraft>,
    /// What the guard or the database said of it.
    pub error: Option<String>,
    /// Tables that it reads.
    pub tables: Vec<TableRef>,
    /// What was checked of it and of its rows.
    pub checks: Vec<Check>,
    /// Its rows.
    pub rows: Option<RowSet>,
    /// The first query that found nothing, with its result: what stands when repair finds nothing better.
    pub first_empty: Option<Box<EmptyResult>>,
    /// How the result is shown.
    pub representation: Option<RepresentationKind>,
    /// Why it is shown so.
    pub representation_why: String,
    /// The chart; drawn only when `representation` is chart.
    pub chart: Option<ChartSpec>,
    /// Why the chart cannot be drawn as it is.
    pub chart_fault: Option<String>,
    /// The answer's words: a reply, a description, or why there is none.
    pub text: String,
    /// What to ask next or instead.
    pub suggestions: Vec<String>,
    /// Readings to choose from, where the question was declined for having several.
    pub readings: Vec<AnswerReading>,
    /// Attempts made.
    pub spent: Spent,
}

/// A query that found nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct EmptyResult {
    /// The query.
    pub draft: QueryDraft,
    /// Its tables.
    pub tables: Vec<TableRef>,
    /// Its checks.
    pub checks: Vec<Check>,
    /// Its columns.
    pub rows: RowSet,
}

/// A query with its rows.
#[derive(Debug, Clone, Copy)]
pub struct QueryResult<'a> {
    /// The query.
    pub draft: &'a QueryDraft,
    /// Tables that it reads.
    pub tables: &'a [TableRef],
    /// What was checked.
    pub checks: &'a [Check],
    /// Its rows.
    pub rows: &'a RowSet,
    /// Whether it found nothing.
    pub empty: bool,
}

/// Attempts made of each bounded loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Query repairs after an error.
    pub repairs: u32,
    /// Query repairs after an empty result.
    pub empties: u32,
    /// Rewordings.
    pub rephrasings: u32,
    /// Chart mappings after an invalid one.
    pub charts: u32,
}

impl State {
    /// The state of a run that has no step yet.
    #[must_use]
    pub fn new(question: &str) -> Self {
        Self { question: question.to_owned(), ..Self::default() }
    }

    /// The state after one more step.
    pub fn apply(&mut self, stage: Stage, outcome: Outcome) {
        self.count(stage);
        match outcome {
            Outcome::Declined { reason, suggestions, readings } => {
                self.say(reason, suggestions);
                self.readings = readings;
            }
            Outcome::Replied { text, suggestions } | Outcome::Described { text, suggestions } => {
                self.say(text, suggestions);
            }
            Outcome::Restated { question, follow_up } => {
                self.question = question;
                self.follow_up = follow_up;
            }
            Outcome::Rephrased { question } => self.question = question,
            Outcome::Found { tables } => self.found = tables,
            Outcome::TablesSelected { tables } => self.selected = tables,
            Outcome::Expanded { scope } => self.scope = scope,
            Outcome::Drafted { draft } => self.draft = Some(*draft),
            Outcome::Checked { tables, checks } => {
                self.tables = tables;
                self.checks = checks;
                self.error = None;
            }
            Outcome::QueryFailed { error } => {
                self.text.clone_from(&error);
                self.error = Some(error);
            }
            Outcome::Rows { rows, checks } => {
                self.rows = Some(rows);
                self.checks.extend(checks);
            }
            Outcome::Empty { rows } => {
                self.rows = None;
                self.keep_empty(rows);
            }
            Outcome::NotRepaired { reason } | Outcome::Failed { reason } => self.text = reason,
            Outcome::AsText { why } => self.show(RepresentationKind::Text, why),
            Outcome::AsTable { why } | Outcome::NoChart { why } => {
                self.show(RepresentationKind::Table, why);
                self.chart = None;
            }
            Outcome::AsChart { why } => self.show(RepresentationKind::Chart, why),
            Outcome::Valid => self.representation = Some(RepresentationKind::Chart),
            Outcome::ChartChosen { spec, .. } | Outcome::Mapped { spec } => {
                self.chart = Some(spec);
                self.chart_fault = None;
            }
            Outcome::Invalid { reason } => {
                self.chart_fault = Some(reason);
                // Stands when no attempt is left; a valid mapping sets it back.
                self.representation = Some(RepresentationKind::Table);
            }
            Outcome::Cancelled => "Cancelled.".clone_into(&mut self.text),
            Outcome::SmallTalk
            | Outcome::Relevant
            | Outcome::Needed { .. }
            | Outcome::NotNeeded { .. }
            | Outcome::Settled => {}
        }
    }

    /// The query with its rows that the answer shows: the last one when it found something, else the first one that
    /// found nothing.
    #[must_use]
    pub fn result(&self) -> Option<QueryResult<'_>> {
        match (&self.rows, &self.draft, &self.first_empty) {
            (Some(rows), Some(draft), _) => {
                Some(QueryResult { draft, tables: &self.tables, checks: &self.checks, rows, empty: false })
            }
            (None, _, Some(first)) => Some(QueryResult {
                draft: &first.draft,
                tables: &first.tables,
                checks: &first.checks,
                rows: &first.rows,
                empty: true,
            }),
            _ => None,
        }
    }

    fn say(&mut self, text: String, suggestions: Vec<String>) {
        self.text = text;
        self.suggestions = suggestions;
    }

    fn show(&mut self, representation: RepresentationKind, why: String) {
        self.representation = Some(representation);
        self.representation_why = why;
    }

    fn keep_empty(&mut self, rows: RowSet) {
        if self.first_empty.is_none()
            && let Some(draft) = self.draft.clone()
        {
            self.first_empty =
                Some(Box::new(EmptyResult { draft, tables: self.tables.clone(), checks: self.checks.clone(), rows }));
        }
    }

    const fn count(&mut self, stage: Stage) {
        match stage {
            Stage::Answer(AnswerStage::RepairQuery) => self.spent.repairs += 1,
            Stage::Answer(AnswerStage::RepairEmpty) => self.spent.empties += 1,
            Stage::WriteQuery(super::WriteQueryStage::Rephrase) => self.spent.rephrasings += 1,
            Stage::Represent(RepresentStage::MapColumns) if self.chart_fault.is_some() => self.spent.charts += 1,
            _ => {}
        }
    }
}

/// Whether a result found nothing: no row, or the one row of nothing that an aggregate over nothing gives.
#[must_use]
pub fn is_nothing(rows: &RowSet) -> bool {
    match rows.rows.as_slice() {
        [] => true,
        [row] => row.iter().all(Value::is_null) || matches!(row.as_slice(), [Value::Int(0)]),
        _ => false,
    }
}
