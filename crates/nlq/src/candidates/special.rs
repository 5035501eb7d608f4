//! Query families that do not come from parts and bindings alone: periods, shares, ratios, balances.

use super::{assemble::Variant, bindings::Binding};
use crate::{CatalogIndex, rank::Weights, reading::Reading};

/// Drafts of the special families.
pub(super) fn drafts(_index: &CatalogIndex, _reading: &Reading, _options: &[Vec<Binding>], _weights: &Weights) -> Vec<Variant> {
    Vec::new()
}
