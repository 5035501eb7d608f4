//! Vectors in a quarter of their size: each as 8-bit whole numbers and one factor. A search reads all of them, so
//! their size is what it waits for; cosines come out within 0.01 of exact ones.

/// Largest of a document's numbers, and of a query's, which are finer.
pub(super) const DOCUMENT_STEPS: f32 = 127.0;
const QUERY_STEPS: f32 = 2_047.0;
/// So many products of two add up within 32 bits.
const PRODUCTS: usize = 8_192;

/// Unit vectors of the same length, one after the other.
#[derive(Debug)]
pub(super) struct CompactVectors {
    dimensions: usize,
    numbers: Vec<i8>,
    /// What one step of each vector is worth.
    steps: Vec<f32>,
}

impl CompactVectors {
    /// Empty, with room for `count` vectors.
    pub(super) fn with_capacity(dimensions: usize, count: usize) -> Self {
        Self { dimensions, numbers: Vec::with_capacity(dimensions * count), steps: Vec::with_capacity(count) }
    }

    /// Gives back the room that was made for more.
    pub(super) fn shrink_to_fit(&mut self) {
        self.numbers.shrink_to_fit();
        self.steps.shrink_to_fit();
    }

    /// Length of each vector.
    pub(super) const fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Adds a vector; of another length than the others it is cut or filled up.
    #[allow(clippy::cast_possible_truncation)] // at most 127, by the choice of the step
    pub(super) fn push(&mut self, vector: &[f32]) {
        let step = largest(vector) / DOCUMENT_STEPS;
        let filled = vector.iter().chain(std::iter::repeat(&0.0)).take(self.dimensions);
        self.numbers.extend(filled.map(|v| whole(*v, step) as i8));
        self.steps.push(step);
    }

    /// The positions of the vectors that point at least a little the query's way, with the cosine; none for a query of
    /// another length.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // at most 2047; the 24 leading bits are enough
    pub(super) fn near(&self, query: &[f32]) -> impl Iterator<Item = (u32, f32)> {
        let query_step = largest(query) / QUERY_STEPS;
        let query_numbers: Vec<i16> = query.iter().map(|v| whole(*v, query_step) as i16).collect();
        let numbers = if query.len() == self.dimensions { self.numbers.as_slice() } else { &[] };
        (0_u32..)
            .zip(numbers.chunks_exact(self.dimensions.max(1)).zip(&self.steps))
            .map(move |(position, (vector, step))| (position, dot(vector, &query_numbers) as f32 * (step * query_step)))
            .filter(|(_, cosine)| *cosine > 0.0)
    }
}

/// The largest number of a vector, whatever its sign; not finite ones left out.
pub(super) fn largest(vector: &[f32]) -> f32 {
    vector.iter().map(|v| v.abs()).filter(|v| v.is_finite()).fold(0.0, f32::max)
}

/// How many steps a value is.
pub(super) fn whole(value: f32, step: f32) -> f32 {
    if step > 0.0 && value.is_finite() { (value / step).round() } else { 0.0 }
}

fn dot(a: &[i8], b: &[i16]) -> i64 {
    let within = |(a, b): (&[i8], &[i16])| -> i32 { a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum() };
    a.chunks(PRODUCTS).zip(b.chunks(PRODUCTS)).map(|part| i64::from(within(part))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(raw: &[f32]) -> Vec<f32> {
        let length = raw.iter().map(|v| v * v).sum::<f32>().sqrt();
        raw.iter().map(|v| v / length).collect()
    }

    proptest! {
        #[test]
        fn cosines_are_near_exact_ones(
            a in prop::collection::vec(-1.0_f32..1.0, 384),
            b in prop::collection::vec(-1.0_f32..1.0, 384),
        ) {
            let (a, b) = (unit(&a), unit(&b));
            let mixed = unit(&a.iter().zip(&b).map(|(a, b)| a + 0.5 * b).collect::<Vec<_>>());
            let mut vectors = CompactVectors::with_capacity(384, 2);
            vectors.push(&a);
            vectors.push(&mixed);
            let exact: f32 = mixed.iter().zip(&a).map(|(a, b)| a * b).sum();
            let found: Vec<(u32, f32)> = vectors.near(&a).collect();
            prop_assert!((found[0].1 - 1.0).abs() < 0.01, "{found:?}");
            prop_assert!((found[1].1 - exact).abs() < 0.01, "{found:?}, {exact}");
        }
    }

    #[test]
    fn vectors_along_an_axis_are_exact() {
        let mut vectors = CompactVectors::with_capacity(3, 3);
        for vector in [[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]] {
            vectors.push(&vector);
        }
        let found: Vec<(u32, f32)> = vectors.near(&[1.0, 0.0, 0.0]).collect();
        assert_eq!(found.len(), 1);
        assert!((found[0].1 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_longest_sums_fit() {
        let same = unit(&[1.0; 20_000]);
        let mut vectors = CompactVectors::with_capacity(20_000, 1);
        vectors.push(&same);
        let found: Vec<(u32, f32)> = vectors.near(&same).collect();
        assert!((found[0].1 - 1.0).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn a_query_of_another_length_or_without_finite_numbers_finds_nothing() {
        let mut vectors = CompactVectors::with_capacity(2, 1);
        vectors.push(&[f32::NAN, 1.0]);
        assert_eq!(vectors.near(&[1.0]).count(), 0);
        assert_eq!(vectors.near(&[]).count(), 0);
        assert_eq!(vectors.near(&[f32::NAN, f32::INFINITY]).count(), 0);
        assert_eq!(vectors.near(&[0.0, 1.0]).count(), 1);
    }
}
