//! Gradient boosting over histograms, leaf by leaf (after LightGBM: Ke et al., 2017).

use datafyme_nlq::development::{Grown, Trees};

/// Most bins of a feature.
const BINS: usize = 64;

/// Rows of features, cut into bins, column by column.
pub(crate) struct Binned {
    pub rows: usize,
    columns: Vec<Vec<u8>>,
    /// Upper bounds of all bins but the last.
    bounds: Vec<Vec<f32>>,
}

impl Binned {
    pub(crate) fn new(rows: &[&[f32]]) -> Self {
        let width = rows.first().map_or(0, |r| r.len());
        let stride = (rows.len() / 40_000).max(1);
        let mut bounds = Vec::with_capacity(width);
        let mut columns = Vec::with_capacity(width);
        for feature in 0..width {
            let mut sample: Vec<f32> = rows.iter().step_by(stride).map(|r| r[feature]).collect();
            sample.sort_by(f32::total_cmp);
            let bound = bounds_of(&sample);
            columns.push(rows.iter().map(|r| bound.partition_point(|b| *b < r[feature]) as u8).collect());
            bounds.push(bound);
        }
        Self { rows: rows.len(), columns, bounds }
    }
}

fn bounds_of(sorted: &[f32]) -> Vec<f32> {
    let mut different: Vec<f32> = sorted.to_vec();
    different.dedup();
    if different.len() <= BINS {
        return different.windows(2).map(|w| (w[0] + w[1]) / 2.0).collect();
    }
    let mut bounds: Vec<f32> = (1..BINS).map(|i| sorted[i * (sorted.len() - 1) / BINS]).collect();
    bounds.dedup();
    bounds
}

#[derive(Clone, Copy)]
pub(crate) struct Options {
    pub rounds: usize,
    pub leaves: usize,
    pub rate: f32,
    /// Least sum of second derivatives in a leaf.
    pub least: f32,
    pub lambda: f32,
    /// Share of the features that a tree may use.
    pub features: f64,
    /// Share of the rows (or groups) that a tree sees.
    pub share: f64,
    pub seed: u64,
    /// Sums of trees, of which the mean is taken: each sees other rows and features.
    pub bags: u64,
}

/// First and second derivatives of the loss by the scores.
pub(crate) trait Objective {
    fn derivatives(&self, scores: &[f32], first: &mut [f32], second: &mut [f32]);
    /// What the rows of a sample have in common: rows with one number are drawn together.
    fn group(&self, row: usize) -> usize;
    fn base(&self) -> f32;
}

/// Log-loss of rows that are right or wrong.
pub(crate) struct Logistic<'a>(pub &'a [bool]);

impl Objective for Logistic<'_> {
    fn derivatives(&self, scores: &[f32], first: &mut [f32], second: &mut [f32]) {
        for (row, score) in scores.iter().enumerate() {
            let p = 1.0 / (1.0 + (-score).exp());
            first[row] = p - f32::from(self.0[row]);
            second[row] = (p * (1.0 - p)).max(1e-4);
        }
    }

    fn group(&self, row: usize) -> usize {
        row
    }

    fn base(&self) -> f32 {
        let share = self.0.iter().filter(|y| **y).count() as f32 / self.0.len().max(1) as f32;
        let share = share.clamp(1e-4, 1.0 - 1e-4);
        (share / (1.0 - share)).ln()
    }
}

/// Likelihood of the right ones of a group under a softmax over the group.
pub(crate) struct Listwise<'a> {
    pub right: &'a [bool],
    /// Where each group begins; the number of rows last.
    pub starts: &'a [usize],
    /// The group of each row.
    pub groups: &'a [u32],
}

impl Objective for Listwise<'_> {
    fn derivatives(&self, scores: &[f32], first: &mut [f32], second: &mut [f32]) {
        for bounds in self.starts.windows(2) {
            let rows = bounds[0]..bounds[1];
            let best = scores[rows.clone()].iter().copied().fold(f32::MIN, f32::max);
            let likelihood: Vec<f32> = scores[rows.clone()].iter().map(|s| (s - best).exp()).collect();
            let all: f32 = likelihood.iter().sum();
            let right: f32 = rows.clone().zip(&likelihood).filter(|(r, _)| self.right[*r]).map(|(_, l)| l).sum();
            for (row, l) in rows.zip(&likelihood) {
                let p = l / all;
                let q = if self.right[row] { l / right.max(1e-12) } else { 0.0 };
                first[row] = p - q;
                second[row] = (p * (1.0 - p)).max(1e-3);
            }
        }
    }

    fn group(&self, row: usize) -> usize {
        self.groups[row] as usize
    }

    fn base(&self) -> f32 {
        0.0
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[derive(Clone, Copy, Default)]
struct Sum {
    first: f32,
    second: f32,
    rows: u32,
}

type Histogram = Vec<[Sum; BINS]>;

struct Leaf {
    rows: Vec<u32>,
    histogram: Histogram,
    total: Sum,
    /// Gain, feature (position in the tree's features), last bin of the low side.
    split: Option<(f32, usize, usize)>,
    place: usize,
}

enum Building {
    Leaf(f32),
    Split(usize, f32, usize, usize),
}

pub(crate) fn fit(data: &Binned, objective: &dyn Objective, options: Options) -> Trees {
    let mut scores = vec![objective.base(); data.rows];
    let mut trees = Trees::constant(objective.base());
    let (mut first, mut second) = (vec![0f32; data.rows], vec![0f32; data.rows]);
    let mut random = Random(options.seed);
    let groups = (0..data.rows).map(|r| objective.group(r)).max().map_or(0, |g| g + 1);
    for _ in 0..options.rounds {
        objective.derivatives(&scores, &mut first, &mut second);
        let drawn: Vec<bool> = (0..groups).map(|_| random.next() < options.share).collect();
        let rows: Vec<u32> = (0..data.rows as u32).filter(|r| drawn[objective.group(*r as usize)]).collect();
        let mut features: Vec<usize> = (0..data.columns.len()).filter(|_| random.next() < options.features).collect();
        if features.is_empty() {
            features.push(0);
        }
        let tree = grow(data, &features, rows, &first, &second, options);
        let grown = assemble(&tree, 0);
        trees.push(&grown);
        for (row, score) in scores.iter_mut().enumerate() {
            *score += predict(data, &tree, row);
        }
    }
    trees
}

fn grow(
    data: &Binned,
    features: &[usize],
    rows: Vec<u32>,
    first: &[f32],
    second: &[f32],
    options: Options,
) -> Vec<Building> {
    let mut tree = vec![Building::Leaf(0.0)];
    let mut leaves = vec![leaf(data, features, rows, first, second, options, 0)];
    while leaves.len() < options.leaves {
        let best = (0..leaves.len()).filter(|l| leaves[*l].split.is_some()).max_by(|a, b| {
            let gain = |l: usize| leaves[l].split.map_or(0.0, |s| s.0);
            gain(*a).total_cmp(&gain(*b)).then(b.cmp(a))
        });
        let Some(best) = best else { break };
        let parent = leaves.swap_remove(best);
        let Some((_, position, bin)) = parent.split else { break };
        let feature = features[position];
        let column = &data.columns[feature];
        let (low, high): (Vec<u32>, Vec<u32>) =
            parent.rows.iter().partition(|r| usize::from(column[**r as usize]) <= bin);
        let place = tree.len();
        tree.push(Building::Leaf(0.0));
        tree.push(Building::Leaf(0.0));
        tree[parent.place] = Building::Split(feature, data.bounds[feature][bin], place, bin);
        let low_is_small = low.len() <= high.len();
        let (small, large) = if low_is_small { (low, high) } else { (high, low) };
        let (small_place, large_place) = if low_is_small { (place, place + 1) } else { (place + 1, place) };
        let small = leaf(data, features, small, first, second, options, small_place);
        let mut histogram = parent.histogram;
        for (mine, theirs) in histogram.iter_mut().zip(&small.histogram) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                a.first -= b.first;
                a.second -= b.second;
                a.rows -= b.rows;
            }
        }
        let total = Sum {
            first: parent.total.first - small.total.first,
            second: parent.total.second - small.total.second,
            rows: parent.total.rows - small.total.rows,
        };
        let split = best_split(data, features, &histogram, total, options);
        leaves.push(small);
        leaves.push(Leaf { rows: large, histogram, total, split, place: large_place });
    }
    for leaf in &leaves {
        tree[leaf.place] = Building::Leaf(-options.rate * leaf.total.first / (leaf.total.second + options.lambda));
    }
    tree
}

fn leaf(
    data: &Binned,
    features: &[usize],
    rows: Vec<u32>,
    first: &[f32],
    second: &[f32],
    options: Options,
    place: usize,
) -> Leaf {
    let mut histogram: Histogram = vec![[Sum::default(); BINS]; features.len()];
    let derivatives: Vec<(f32, f32)> = rows.iter().map(|r| (first[*r as usize], second[*r as usize])).collect();
    for (sums, feature) in histogram.iter_mut().zip(features) {
        let column = &data.columns[*feature];
        for (row, (g, h)) in rows.iter().zip(&derivatives) {
            let sum = &mut sums[usize::from(column[*row as usize]) & (BINS - 1)];
            sum.first += g;
            sum.second += h;
            sum.rows += 1;
        }
    }
    let total = Sum {
        first: derivatives.iter().map(|d| d.0).sum(),
        second: derivatives.iter().map(|d| d.1).sum(),
        rows: rows.len() as u32,
    };
    let split = best_split(data, features, &histogram, total, options);
    Leaf { rows, histogram, total, split, place }
}

fn best_split(
    data: &Binned,
    features: &[usize],
    histogram: &Histogram,
    total: Sum,
    options: Options,
) -> Option<(f32, usize, usize)> {
    let value = |s: &Sum| s.first * s.first / (s.second + options.lambda);
    let whole = value(&total);
    let mut best: Option<(f32, usize, usize)> = None;
    for (position, feature) in features.iter().enumerate() {
        let mut low = Sum::default();
        for (bin, sum) in histogram[position].iter().enumerate().take(data.bounds[*feature].len()) {
            low.first += sum.first;
            low.second += sum.second;
            low.rows += sum.rows;
            let high = Sum {
                first: total.first - low.first,
                second: total.second - low.second,
                rows: total.rows - low.rows.min(total.rows),
            };
            if low.rows < 15 || low.second < options.least {
                continue;
            }
            if high.rows < 15 || high.second < options.least {
                break;
            }
            let gain = value(&low) + value(&high) - whole;
            if gain > 1e-6 && best.is_none_or(|b| gain > b.0) {
                best = Some((gain, position, bin));
            }
        }
    }
    best
}

fn predict(data: &Binned, tree: &[Building], row: usize) -> f32 {
    let mut at = 0;
    loop {
        match tree[at] {
            Building::Leaf(value) => return value,
            Building::Split(feature, _, left, bin) => {
                at = left + usize::from(usize::from(data.columns[feature][row]) > bin);
            }
        }
    }
}

fn assemble(tree: &[Building], at: usize) -> Grown {
    match tree[at] {
        Building::Leaf(value) => Grown::Leaf(value),
        Building::Split(feature, threshold, left, _) => {
            Grown::Split(feature as u16, threshold, Box::new(assemble(tree, left)), Box::new(assemble(tree, left + 1)))
        }
    }
}
