//! What was learned from questions with their right answers: models small enough to be read in a minute, trained by
//! `make train-nlq`, kept in one file. The search proposes candidates; these models say which of them is right, and how
//! sure that is.

mod anatomy;
mod confidence;
mod describing;
mod places;
mod sight;
mod softmax;
mod trees;

pub(crate) use confidence::{doubts, support};
pub use describing::Groups;
pub(crate) use describing::{Pool, Row, Scene, describe, shown};
pub(crate) use sight::{NOWHERE, Sight};
pub use softmax::Softmax;
pub use trees::{Bytes, Grown, Trees};

use crate::{CatalogIndex, draft::Draft};
use std::sync::OnceLock;

/// Written by `make train-nlq`.
static TRAINED: &[u8] = include_bytes!("learned/model.bin");

/// Number of clauses whose shape is predicted from the words of the question.
pub const CLAUSES: usize = 5;

/// All learned models but the weights of the search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Model {
    /// Words of a question → shape of each clause.
    pub clauses: Vec<Softmax>,
    /// Features of a candidate that is not tried → its score; comparable within one question.
    pub shortlist: Trees,
    /// Features of a candidate that was tried → its score, likewise.
    pub ranker: Trees,
    /// Features of the best candidate against the rest → log-odds that it is right.
    pub confidence: Trees,
}

impl Model {
    /// The shipped one.
    #[must_use]
    pub fn trained() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| Self::read(TRAINED).unwrap_or_default())
    }

    /// The models as bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend((self.clauses.len() as u32).to_le_bytes());
        for clause in &self.clauses {
            clause.write(&mut bytes);
        }
        self.shortlist.write(&mut bytes);
        self.ranker.write(&mut bytes);
        self.confidence.write(&mut bytes);
        bytes
    }

    /// Reads what [`Model::write`] wrote; absent where the bytes are no model.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let count = bytes.long()?;
        let clauses = (0..count).map(|_| Softmax::read(&mut bytes)).collect::<Option<Vec<_>>>()?;
        let mut trees = || Trees::read(&mut bytes);
        Some(Self { clauses, shortlist: trees()?, ranker: trees()?, confidence: trees()? })
    }

    /// Log-probability of each shape of each clause, for the words of a question.
    pub(crate) fn shapes(&self, words: &[u32]) -> Vec<Vec<(String, f32)>> {
        self.clauses
            .iter()
            .map(|model| model.classes().iter().cloned().zip(model.log_probabilities(words)).collect())
            .collect()
    }
}

/// Shape of the five clauses of a draft.
pub(crate) fn clause_shapes(index: &CatalogIndex, draft: &Draft) -> [String; CLAUSES] {
    anatomy::Anatomy::of(index, draft).clauses(draft)
}
