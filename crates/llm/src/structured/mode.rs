//! What is remembered of how a model gives structured output.

use datafyme_domain::StructuredMode;
use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

/// The mode that worked last. Clones share it; starts with the strongest unless probing found another.
#[derive(Debug, Clone, Default)]
pub struct StructuredModeCell {
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    mode: AtomicU8,
    misfits: AtomicU8,
}

/// Replies in a row that do not fit a schema before the provider is taken not to hold to it.
const MISFITS: u8 = 3;

const MODES: [StructuredMode; 4] =
    [StructuredMode::Schema, StructuredMode::Tool, StructuredMode::Json, StructuredMode::Text];

impl StructuredModeCell {
    /// Starts with that mode.
    #[must_use]
    pub fn new(mode: StructuredMode) -> Self {
        let cell = Self::default();
        cell.set(mode);
        cell
    }

    /// The mode to ask in.
    #[must_use]
    pub fn get(&self) -> StructuredMode {
        let at = usize::from(self.state.mode.load(Ordering::Relaxed));
        MODES.get(at).copied().unwrap_or(StructuredMode::Text)
    }

    /// Ask in that mode from now on.
    pub fn set(&self, mode: StructuredMode) {
        let at = MODES.iter().position(|m| *m == mode).unwrap_or(0);
        self.state.mode.store(u8::try_from(at).unwrap_or(0), Ordering::Relaxed);
    }

    /// A first reply fitted.
    pub(super) fn fitted(&self) {
        self.state.misfits.store(0, Ordering::Relaxed);
    }

    /// A first reply in one mode did not fit, and the second one, in the other, did.
    pub(super) fn misfitted(&self, first: StructuredMode, second: StructuredMode) {
        if first != second {
            self.set(second);
        } else if first < StructuredMode::Json && self.state.misfits.fetch_add(1, Ordering::Relaxed) + 1 >= MISFITS {
            self.fitted();
            self.set(StructuredMode::Json);
        }
    }
}

/// The next weaker mode.
pub(super) fn weaker(mode: StructuredMode) -> Option<StructuredMode> {
    MODES.into_iter().find(|m| *m > mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_starts_strongest_and_clones_share_what_it_learns() {
        let cell = StructuredModeCell::default();
        assert_eq!(cell.get(), StructuredMode::Schema);
        cell.clone().set(StructuredMode::Text);
        assert_eq!(cell.get(), StructuredMode::Text);
    }

    #[test]
    fn three_misfits_in_a_row_put_the_schema_into_the_prompt() {
        let cell = StructuredModeCell::default();
        for _ in 0..2 {
            cell.misfitted(StructuredMode::Schema, StructuredMode::Schema);
        }
        cell.fitted();
        for _ in 0..2 {
            cell.misfitted(StructuredMode::Schema, StructuredMode::Schema);
        }
        assert_eq!(cell.get(), StructuredMode::Schema);
        cell.misfitted(StructuredMode::Schema, StructuredMode::Schema);
        assert_eq!(cell.get(), StructuredMode::Json);
    }

    #[test]
    fn modes_weaken_to_text_and_no_further() {
        assert_eq!(weaker(StructuredMode::Schema), Some(StructuredMode::Tool));
        assert_eq!(weaker(StructuredMode::Text), None);
    }
}
