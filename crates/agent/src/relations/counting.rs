//! Counts containment on the database for the candidates that are worth it, within a budget.

use super::{
    DiscoverOptions,
    candidates::{Rivals, coverage},
    containment::{self, Containment, Ends},
    facts::ColumnFacts,
    judging::{self, Judged},
};
use datafyme_connect::Connector;
use datafyme_domain::sketch::Overlap;
use futures::{FutureExt, StreamExt, stream};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::{Instant, timeout_at};

/// Containment checks under way at once.
const CONCURRENT: usize = 4;
/// Candidates of a column that may still become its relation.
const PER_COLUMN: usize = 3;
/// Least confidence that is worth a check, below the threshold.
const WORTH: f64 = 0.15;
/// What was counted, by position among the candidates.
pub(super) type Counted = HashMap<usize, Containment>;

/// Counts, and judges again where a count differs from the estimate. A check that fails, takes too long, or for which
/// there is no time any more leaves the estimate.
pub(super) async fn count(
    mut judged: Vec<Judged>,
    facts: &[ColumnFacts<'_>],
    connector: Option<&dyn Connector>,
    options: &DiscoverOptions,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> (Vec<Judged>, Counted) {
    let mut counted = Counted::new();
    let mut open = Vec::new();
    for index in worth(&judged, options) {
        let Some((child, parent)) =
            judged.get(index).and_then(|j| Some((facts.get(j.pair.child)?, facts.get(j.pair.parent)?)))
        else {
            continue;
        };
        match containment::from_profiles(child, parent) {
            Some(known) => {
                counted.insert(index, known);
            }
            None if child.has_values() && parent.has_values() => open.push((index, child, parent)),
            None => {}
        }
    }
    open.truncate(options.max_queries);
    if let Some(connector) = connector {
        counted.extend(ask(open, connector, options, progress).await);
    }
    let rivals = Rivals::new(&judged.iter().map(|j| j.pair).collect::<Vec<_>>());
    for (index, containment) in &counted {
        if let Some(one) = judged.get_mut(*index) {
            correct(one, *containment, facts, &rivals, options);
        }
    }
    (judged, counted)
}

/// Positions of candidates that may be chosen, surest first.
fn worth(judged: &[Judged], options: &DiscoverOptions) -> Vec<usize> {
    let confidence = |i: &usize| judged.get(*i).map_or(0.0, |j| j.confidence);
    let mut order: Vec<usize> = (0..judged.len()).filter(|i| confidence(i) >= options.threshold - WORTH).collect();
    order.sort_by(|a, b| confidence(b).total_cmp(&confidence(a)).then(a.cmp(b)));
    let mut per_child: HashMap<usize, usize> = HashMap::new();
    order.retain(|i| {
        let seen = per_child.entry(judged.get(*i).map_or(0, |j| j.pair.child)).or_default();
        *seen += 1;
        *seen <= PER_COLUMN
    });
    order
}

async fn ask(
    open: Vec<(usize, &ColumnFacts<'_>, &ColumnFacts<'_>)>,
    connector: &dyn Connector,
    options: &DiscoverOptions,
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Counted {
    let (done, total) = (AtomicUsize::new(0), open.len());
    let until = Instant::now() + options.time_limit.min(Duration::from_secs(86_400));
    // Boxed one by one: the compiler cannot see that a closure over borrowed futures is `Send`.
    let mut checks = Vec::with_capacity(total);
    for (index, child, parent) in open {
        let done = &done;
        let check = async move {
            let ends = Ends::single(child, parent);
            let counted = timeout_at(until, containment::measure(&ends, connector, options)).await.ok().flatten();
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Some((index, counted?))
        };
        checks.push(check.boxed());
    }
    stream::iter(checks).buffer_unordered(CONCURRENT).filter_map(|found| async move { found }).collect().await
}

/// Takes a count over, and judges again where it tells something new.
fn correct(
    one: &mut Judged,
    counted: Containment,
    facts: &[ColumnFacts<'_>],
    rivals: &Rivals,
    options: &DiscoverOptions,
) {
    let Some(share) = counted.share() else { return };
    let before = one.pair.overlap.map(|o| o.share);
    let decided = usize::try_from(counted.child_distinct).unwrap_or(usize::MAX);
    one.pair.overlap = Some(Overlap { share, decided, exact: true });
    if before.is_some_and(|b| (b - share).abs() < 0.005) {
        return;
    }
    if let (Some(child), Some(parent)) = (facts.get(one.pair.child), facts.get(one.pair.parent)) {
        one.pair.coverage = coverage(one.pair.overlap, child, parent);
    }
    one.confidence =
        if share < 0.3 { 0.0 } else { judging::confidence(&one.pair, facts, rivals, options.classifier()) };
}
