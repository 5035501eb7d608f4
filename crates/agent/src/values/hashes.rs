//! Hash → numbers, packed into eight bytes each. What a hash leads to is looked at, so that a collision costs time only.

/// Pairs, looked up once they are sorted.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    pairs: Vec<(u32, u32)>,
}

impl Hashes {
    pub(super) fn push(&mut self, hash: u32, number: u32) {
        self.pairs.push((hash, number));
    }

    pub(super) fn sort(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.pairs.shrink_to_fit();
    }

    /// The numbers of a hash, in their order.
    pub(super) fn get(&self, hash: u32) -> impl Iterator<Item = u32> {
        let first = self.pairs.partition_point(|(h, _)| *h < hash);
        self.pairs.iter().skip(first).take_while(move |(h, _)| *h == hash).map(|(_, number)| *number)
    }
}

/// Of a whole value.
pub(super) fn whole_of(key: &str) -> u32 {
    mixed(key.bytes())
}

/// Of a word within a value.
pub(super) fn word_of(word: &str) -> u32 {
    mixed(word.bytes())
}

/// Of the beginning or the end of `key` that a value of `length` characters shares with it when they differ by one
/// letter in the other half.
#[allow(clippy::cast_possible_truncation)] // some bits are enough
pub(super) fn half_of(key: &str, length: usize, is_end: bool) -> u32 {
    let there = key.chars().count();
    let (skipped, taken) =
        if is_end { (there.saturating_sub(length - length / 2), length - length / 2) } else { (0, length / 2) };
    let half: String = key.chars().skip(skipped).take(taken).collect();
    mixed([length as u8, u8::from(is_end)].into_iter().chain(half.bytes()))
}

/// FNV-1a, folded to 32 bits.
#[allow(clippy::cast_possible_truncation)] // folded
fn mixed(bytes: impl Iterator<Item = u8>) -> u32 {
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) as u32
}
