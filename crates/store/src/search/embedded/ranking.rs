//! Dense and lexical rankings over several indexes.

use super::lexical::Collection;
use super::source_index::SourceIndex;
use crate::SearchHit;
use crate::search::fusion::{Best, depth, fused};
use crate::search::words::terms;
use std::sync::Arc;

/// The best hits over all indexes, best first; of equal ones by data source, then by id.
pub(super) fn search(indexes: &[Arc<SourceIndex>], text: &str, vector: &[f32], limit: usize) -> Vec<SearchHit> {
    let depth = depth(limit);
    let collection = Collection::of(indexes.iter().map(|index| index.words()), terms(text));
    // Places are (index, position in it): their order breaks ties the same way every time.
    let (mut by_word, mut by_meaning) = (Best::of(depth), Best::of(depth));
    for (at, index) in indexes.iter().enumerate() {
        index.words().scores(&collection, |document, score| by_word.push((at, document), score));
        index.vectors().near(vector, |document, cosine| by_meaning.push((at, document), cosine));
    }
    let best = fused([by_word, by_meaning]).into_iter().take(limit);
    best.filter_map(|((at, document), score)| indexes.get(at)?.hit(document, score)).collect()
}
