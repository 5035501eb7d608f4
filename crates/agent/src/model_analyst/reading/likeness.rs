//! Which of the known names a wrong one was meant to be.

use datafyme_domain::names::fold;

/// The names that are most like `wanted`, likest first; a qualified name is compared by its last part too.
pub(in crate::model_analyst) fn nearest<'n>(
    wanted: &str,
    names: impl Iterator<Item = &'n str>,
    count: usize,
) -> Vec<&'n str> {
    let wanted = fold(wanted);
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| {
            let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
            (similarity(&wanted, &fold(name)).max(similarity(&wanted, &fold(last))), name)
        })
        .filter(|(score, _)| *score >= 0.45)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(count).map(|(_, name)| name).collect()
}

/// Dice's coefficient over pairs of letters; what contains the other counts as near.
fn similarity(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let pairs = |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let (left, mut right) = (pairs(a), pairs(b));
    let total = left.len() + right.len();
    if total == 0 {
        return 0.0;
    }
    let mut common = 0_u32;
    for pair in left {
        if let Some(at) = right.iter().position(|p| *p == pair) {
            right.swap_remove(at);
            common += 1;
        }
    }
    let dice = 2.0 * f64::from(common) / total as f64;
    if a.len() >= 3 && b.len() >= 3 && (a.contains(b) || b.contains(a)) { dice.max(0.7) } else { dice }
}
