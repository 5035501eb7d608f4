//! What every prompt about a question says of its situation.

use super::{
    Privacy, quoting, speech,
    turns::{self, Turn},
};
use crate::analyst::Asking;
use serde::Serialize;

/// Characters of a question.
const QUESTION: usize = 4_000;

/// The situation of a question.
#[derive(Debug, Serialize)]
pub(super) struct Scene {
    /// Name of the data source.
    source: String,
    /// Name of its SQL.
    dialect: &'static str,
    today: String,
    /// The language that everything for the user is written in.
    language: &'static str,
    question: String,
    /// Earlier questions of the conversation, oldest first.
    turns: Vec<Turn>,
}

impl Scene {
    pub(super) fn of(asking: &Asking, privacy: Privacy) -> Self {
        Self {
            source: quoting::line(&asking.knowledge.source.name, 80),
            dialect: asking.knowledge.catalog.dialect.title(),
            today: asking.today.format("%Y-%m-%d (%A)").to_string(),
            language: speech::name(asking),
            question: quoting::block(&asking.question, QUESTION),
            turns: turns::of(asking, privacy),
        }
    }
}
