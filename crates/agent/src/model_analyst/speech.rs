//! The language that an answer is written in: that of the question.

use super::SpokenLanguage;
use crate::analyst::Asking;
use datafyme_nlq::{Language, detect_language};

/// Words that are too few to tell a language by.
const FEW: usize = 3;

impl SpokenLanguage {
    /// Its English name, as prompts say it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Hungarian => "Hungarian",
        }
    }
}

/// Whether a question is in another language than the rules read. A few words that could be anything are taken to be
/// in the language of the question before.
pub(crate) fn language(asking: &Asking) -> Language {
    let own = detect_language(&asking.question);
    if own == Language::En
        && asking.question.split_whitespace().count() <= FEW
        && let Some(last) = asking.history.last()
    {
        return detect_language(&last.question);
    }
    own
}

/// What prompts call it.
pub(super) fn name(asking: &Asking) -> &'static str {
    match language(asking) {
        Language::En => SpokenLanguage::English.name(),
        Language::Hu => SpokenLanguage::Hungarian.name(),
        Language::Other => "the language of the question",
    }
}
