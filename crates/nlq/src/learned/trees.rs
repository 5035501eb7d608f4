//! Sums of regression trees (gradient boosting; Friedman, "Greedy Function Approximation", 2001) as flat arrays.

/// Marks a leaf.
const LEAF: u16 = u16::MAX;

/// A node: an inner one goes left where the feature is at most the threshold; a leaf has its value there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    feature: u16,
    /// Index of the left child; the right one follows it.
    left: u16,
    /// Threshold, or value of a leaf.
    value: f32,
}

/// A sum of trees over a row of features.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trees {
    base: f32,
    /// One tree after another, the root of each first.
    trees: Vec<Vec<Node>>,
}

/// A tree while it is grown.
#[derive(Debug, Clone)]
pub enum Grown {
    /// Its value.
    Leaf(f32),
    /// Feature, threshold, where the feature is at most that, where it is more.
    Split(u16, f32, Box<Grown>, Box<Grown>),
}

impl Trees {
    /// A constant.
    #[must_use]
    pub fn constant(base: f32) -> Self {
        Self { base, trees: Vec::new() }
    }

    /// Adds a tree.
    pub fn push(&mut self, tree: &Grown) {
        let mut nodes = vec![Node { feature: LEAF, left: 0, value: 0.0 }];
        flatten(tree, 0, &mut nodes);
        self.trees.push(nodes);
    }

    /// The mean of several sums, as one.
    #[must_use]
    pub fn mean(of: &[Self]) -> Self {
        let share = 1.0 / of.len().max(1) as f32;
        let scaled =
            |node: &Node| Node { value: if node.feature == LEAF { node.value * share } else { node.value }, ..*node };
        Self {
            base: of.iter().map(|t| t.base * share).sum(),
            trees: of.iter().flat_map(|t| &t.trees).map(|tree| tree.iter().map(scaled).collect()).collect(),
        }
    }

    /// The sum for one row; a feature that the row lacks counts as 0.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f32 {
        self.base + self.trees.iter().map(|tree| walk(tree, row)).sum::<f32>()
    }

    /// The sum as a probability.
    #[must_use]
    pub fn probability(&self, row: &[f32]) -> f32 {
        1.0 / (1.0 + (-self.score(row)).exp())
    }

    /// Appends the trees to `bytes`, little-endian: 8 bytes a node.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.base.to_le_bytes());
        bytes.extend((self.trees.len() as u32).to_le_bytes());
        for tree in &self.trees {
            bytes.extend((tree.len() as u32).to_le_bytes());
            for node in tree {
                bytes.extend(node.feature.to_le_bytes());
                bytes.extend(node.left.to_le_bytes());
                bytes.extend(node.value.to_le_bytes());
            }
        }
    }

    /// Reads what [`Trees::write`] wrote.
    #[must_use]
    pub fn read(bytes: &mut Bytes<'_>) -> Option<Self> {
        let base = bytes.float()?;
        let count = bytes.long()?;
        let mut trees = Vec::new();
        for _ in 0..count {
            let length = bytes.long()?;
            let mut nodes = Vec::new();
            for _ in 0..length {
                nodes.push(Node { feature: bytes.short()?, left: bytes.short()?, value: bytes.float()? });
            }
            trees.push(nodes);
        }
        Some(Self { base, trees })
    }
}

fn flatten(tree: &Grown, at: usize, nodes: &mut Vec<Node>) {
    let node = match tree {
        Grown::Leaf(value) => Node { feature: LEAF, left: 0, value: *value },
        Grown::Split(feature, threshold, low, high) => {
            let left = nodes.len();
            let empty = Node { feature: LEAF, left: 0, value: 0.0 };
            nodes.extend([empty, empty]);
            flatten(low, left, nodes);
            flatten(high, left + 1, nodes);
            Node { feature: *feature, left: left as u16, value: *threshold }
        }
    };
    if let Some(slot) = nodes.get_mut(at) {
        *slot = node;
    }
}

fn walk(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0;
    // No path is longer than the tree: bytes that are no tree cannot make this loop for ever.
    for _ in 0..tree.len() {
        let Some(node) = tree.get(at) else { return 0.0 };
        if node.feature == LEAF {
            return node.value;
        }
        let value = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
        at = usize::from(node.left) + usize::from(value > node.value);
    }
    0.0
}

/// Reads numbers off bytes.
#[derive(Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next `N` bytes.
    pub(crate) fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(first)
    }

    /// The next byte.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|b| b[0])
    }

    pub(crate) fn short(&mut self) -> Option<u16> {
        self.take().map(|b| u16::from_le_bytes(*b))
    }

    pub(crate) fn long(&mut self) -> Option<u32> {
        self.take().map(|b| u32::from_le_bytes(*b))
    }

    pub(crate) fn float(&mut self) -> Option<f32> {
        self.take().map(|b| f32::from_le_bytes(*b))
    }

    /// A text with its length before it.
    pub(crate) fn text(&mut self) -> Option<String> {
        let length = usize::from(self.short()?);
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

/// Appends a text with its length before it.
pub(crate) fn write_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Trees {
        let mut trees = Trees::constant(0.5);
        let low = Box::new(Grown::Leaf(1.0));
        let high = Box::new(Grown::Split(0, 3.0, Box::new(Grown::Leaf(2.0)), Box::new(Grown::Leaf(-4.0))));
        trees.push(&Grown::Split(1, 0.0, low, high));
        trees.push(&Grown::Leaf(0.25));
        trees
    }

    #[test]
    fn a_row_goes_left_up_to_the_threshold_and_right_above_it() {
        let trees = sample();
        assert_eq!(trees.score(&[9.0, 0.0]), 1.75);
        assert_eq!(trees.score(&[3.0, 0.1]), 2.75);
        assert_eq!(trees.score(&[3.1, 0.1]), -3.25);
    }

    #[test]
    fn the_mean_of_sums_lies_between_them() {
        let mean = Trees::mean(&[sample(), Trees::constant(-0.5)]);
        assert_eq!(mean.score(&[9.0, 0.0]), (1.75 - 0.5) / 2.0);
        assert_eq!(mean.score(&[3.1, 0.1]), (-3.25 - 0.5) / 2.0);
    }

    #[test]
    fn trees_are_read_as_they_were_written_and_half_of_them_not_at_all() {
        let mut bytes = Vec::new();
        sample().write(&mut bytes);
        assert_eq!(Trees::read(&mut Bytes(&bytes)), Some(sample()));
        assert_eq!(Trees::read(&mut Bytes(&bytes[..bytes.len() - 3])), None);
    }
}
