/// Fewest and most bins of a histogram with enough values.
const FEWEST: f64 = 5.0;
const MOST: f64 = 30.0;

/// Frequencies of a measure. Bin `i` counts the values from `edges[i]` up to but without `edges[i + 1]`; the last one
/// includes its upper edge.
#[derive(Debug, Clone, PartialEq)]
pub struct Bins {
    /// One more than there are bins; empty without values.
    pub edges: Vec<f64>,
    /// Values per bin.
    pub counts: Vec<u64>,
}

impl Bins {
    /// Bins finite values. Width after Freedman and Diaconis (1981), Sturges' rule (1926) where the quartiles are
    /// equal; then a round number near it, whole for whole values.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let (Some(least), Some(greatest)) = (values.first().copied(), values.last().copied()) else {
            return Self { edges: Vec::new(), counts: Vec::new() };
        };
        let range = greatest - least;
        if range <= f64::EPSILON * greatest.abs() || !range.is_finite() {
            return Self { edges: vec![least, greatest], counts: vec![values.len() as u64] };
        }
        let whole = values.iter().all(|v| v.fract() == 0.0);
        let step = round_step(width(&values, range), whole);
        let start = (least / step).floor() * step;
        let count = (((greatest - start) / step).floor() as usize + 1).min(4 * MOST as usize);
        let edges: Vec<f64> = (0..=count).map(|i| start + i as f64 * step).collect();
        let mut counts = vec![0; count];
        for value in &values {
            let bin = edges.partition_point(|edge| edge <= value).saturating_sub(1).min(count - 1);
            if let Some(bin) = counts.get_mut(bin) {
                *bin += 1;
            }
        }
        Self { edges, counts }
    }

    /// Lower and upper edge and count of each bin.
    pub fn iter(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        let pairs = self.edges.iter().zip(self.edges.iter().skip(1));
        pairs.zip(&self.counts).map(|((low, high), count)| (*low, *high, *count))
    }
}

fn width(sorted: &[f64], range: f64) -> f64 {
    let n = sorted.len() as f64;
    let at = |share: f64| sorted.get((share * (n - 1.0)).round() as usize).copied().unwrap_or_default();
    let spread = at(0.75) - at(0.25);
    let freedman_diaconis = 2.0 * spread / n.cbrt();
    let sturges = range / (n.log2().ceil() + 1.0);
    let width = if freedman_diaconis > 0.0 { freedman_diaconis } else { sturges };
    width.clamp(range / MOST, range / FEWEST.min(n))
}

/// The largest of 1, 2, 2.5, 5 times a power of ten that is hardly wider than asked for.
fn round_step(width: f64, whole: bool) -> f64 {
    let power = 10_f64.powf(width.log10().floor());
    let mut steps = [10.0, 5.0, 2.5, 2.0, 1.0].into_iter().map(|factor| factor * power);
    let step = steps.find(|step| *step <= width * 1.15 && (!whole || step.fract() == 0.0));
    step.unwrap_or(if whole { 1.0 } else { power })
}
