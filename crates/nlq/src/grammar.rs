//! The strict reader: takes a question apart clause by clause and accounts for every word of it.
//!
//! Each rule claims the words that it explains and fills a slot (what is asked, of what, per what, under which
//! conditions, ranked how). Words that no rule claims make the reading doubtful: what is not understood is not
//! passed over. A follow-up is read the same way and laid over the slots of the questions before it.
//! The statistical search of [`crate::candidates`] takes what this reader is unsure of.

mod assemble;
mod columns;
mod conditions;
mod endpoints;
mod filters;
mod follow_up;
mod groups;
mod heads;
mod measures;
mod numbers;
mod parser;
mod ranking;
mod slots;
mod sorting;
#[cfg(test)]
mod tests;
mod vocabulary;

pub(crate) use follow_up::is_follow_up;

use crate::{CatalogIndex, draft::Draft, reading::Reading};
use chrono::NaiveDate;
use parser::Parser;
use slots::Slots;

/// A reading with how sure it is.
#[derive(Debug, Clone)]
pub(crate) struct StrictReading {
    pub draft: Draft,
    /// 0 to 1.
    pub certainty: f64,
}

/// Reads the questions of a conversation, the last one laid over those before it; absent where no rule fits.
pub(crate) fn read(index: &CatalogIndex, questions: &[&str], today: NaiveDate) -> Option<StrictReading> {
    let mut slots: Option<Slots> = None;
    for question in questions {
        let reading = Reading::new(index, question, today);
        slots = Some(match slots {
            None => Parser::new(index, &reading, None).parse(),
            Some(before) => {
                let own = Parser::new(index, &reading, Some(&before)).parse();
                before.overlaid(index, own)
            }
        });
    }
    assemble::assemble(index, &slots?)
}
