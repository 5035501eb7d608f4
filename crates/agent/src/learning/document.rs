//! Phase three: what each table means, several tables at once. What is written is kept with what it cost: at once where
//! it was paid for, hundreds of tables together where it was not.
//!
//! Only tables that have changed, or that nobody has written about, are written about. A table whose analyst failed in a
//! way that may pass is tried once more when all others are done; what fails then, and all that is left when the day's
//! budget is spent or the model is away, is written by the rules.

mod desk;

use super::{Learning, changes::Changes};
use crate::{AgentError, hidden};
use datafyme_domain::{Catalog, Table, TableRef};
use desk::{Desk, Round, Standing};
use futures::{FutureExt, Stream, StreamExt, future::BoxFuture, stream};
use std::collections::HashSet;

impl Learning<'_> {
    /// Returns the tables that this job wrote about. `known` is the catalog of the learning before.
    pub(super) async fn document(
        &self,
        known: Option<&Catalog>,
        catalog: &Catalog,
        changes: &Changes,
    ) -> Result<HashSet<TableRef>, AgentError> {
        let metadata = &self.agent.inner.parts.metadata;
        let written = metadata.documentation(self.caller, self.source.id).await?;
        // What is hidden is shown to nobody who could write about it; what was written of it before stays.
        let visible = hidden::is_any(&written).then(|| hidden::split(catalog.clone(), &written, std::iter::empty()).0);
        let shown = visible.as_ref().unwrap_or(catalog);
        for _ in shown.tables.len()..catalog.tables.len() {
            self.progress.skip();
        }
        let desk = Desk::new(self, known, shown, changes, written);
        let (mut todo, mut by_rules) = (Vec::new(), Vec::new());
        for table in &shown.tables {
            match desk.standing(table) {
                Standing::Wanting => todo.push(table),
                Standing::ByRules => by_rules.push(table),
                Standing::Stands => self.progress.skip(),
            }
        }
        // What the rules wrote, a model that is there since then may write better. One table tells.
        if let Some((first, others)) = by_rules.split_first() {
            let done = desk.write(first, Round::Last).await?;
            self.progress.step();
            if done.is_new() {
                todo.extend(others);
            } else {
                others.iter().for_each(|_| self.progress.skip());
            }
        }
        let again = self.write_all(&desk, todo, Round::First).await?;
        self.write_all(&desk, again, Round::Last).await?;
        desk.flush().await?;
        desk.leave_notes();
        let keep: Vec<TableRef> = catalog.tables.iter().map(|t| t.name.clone()).collect();
        metadata.prune_documentation(self.caller, self.source.id, &keep).await?;
        Ok(desk.into_kept())
    }

    /// Returns the tables that are to be tried again, in the order of the catalog.
    async fn write_all<'t>(
        &self,
        desk: &Desk<'_, '_>,
        todo: Vec<&'t Table>,
        round: Round,
    ) -> Result<Vec<&'t Table>, AgentError> {
        // Boxed one by one: the compiler cannot see that a closure over borrowed futures is `Send`.
        let mut tables = Vec::with_capacity(todo.len());
        for (place, table) in todo.into_iter().enumerate() {
            tables.push(async move { (place, table, desk.write(table, round).await) }.boxed());
        }
        let mut writing = side_by_side(tables, self.agent.inner.learning.concurrent_tables);
        let mut again = Vec::new();
        while let Some((place, table, written)) = writing.next().await {
            if written?.is_done() {
                self.progress.step();
            } else {
                again.push((place, table));
            }
        }
        again.sort_by_key(|(place, _)| *place);
        Ok(again.into_iter().map(|(_, table)| table).collect())
    }
}

/// So many at a time; another begins as soon as one ends, whichever it is.
fn side_by_side<'a, T: 'a>(work: Vec<BoxFuture<'a, T>>, concurrent: usize) -> impl Stream<Item = T> + 'a {
    stream::iter(work).buffer_unordered(concurrent.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };
    use tokio::{
        sync::Mutex,
        time::{Instant, sleep},
    };

    #[tokio::test(start_paused = true)]
    async fn a_thousand_tables_take_hardly_longer_than_their_calls_in_rows_of_sixteen() {
        const CALL: Duration = Duration::from_millis(800);
        const WRITE: Duration = Duration::from_millis(2);
        let (under_way, most, store) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(()));
        let table = async || {
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(CALL).await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            // Only one writes at a time.
            let _writer = store.lock().await;
            sleep(WRITE).await;
        };
        let begun = Instant::now();
        let mut work = Vec::new();
        for _ in 0..1_000 {
            work.push(table().boxed());
        }
        let done = side_by_side(work, 16).count().await;
        let ideal = CALL.as_secs_f64() * 1_000.0 / 16.0;
        let ratio = begun.elapsed().as_secs_f64() / ideal;
        assert_eq!((done, most.load(Ordering::SeqCst)), (1_000, 16));
        assert!(ratio <= 1.15, "{ratio} times the ideal");
    }
}
