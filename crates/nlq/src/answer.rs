//! The whole way from words to SQL.

use crate::{CatalogIndex, EmptyRepair, Interpretation, Plan, Question, TableHit, Trial};

/// Reads `question`, tries its readings through `trial` and gives the best one, or declines.
#[must_use]
pub fn answer(_index: &CatalogIndex, _question: &Question<'_>, _trial: &dyn Trial) -> Interpretation {
    Interpretation::Declined {
        reason: "not understood".to_owned(),
        suggestions: Vec::new(),
        guess: None,
    }
}

/// Schema linking alone: the tables that `text` is about, best first.
#[must_use]
pub fn link(_index: &CatalogIndex, _text: &str) -> Vec<TableHit> {
    Vec::new()
}

/// Questions that can surely be answered.
#[must_use]
pub fn suggestions(_index: &CatalogIndex) -> Vec<String> {
    Vec::new()
}

/// For a plan whose result is empty: the nearest values that are in the data.
#[must_use]
pub fn repair_empty(_index: &CatalogIndex, _plan: &Plan, _trial: &dyn Trial) -> Option<EmptyRepair> {
    None
}
