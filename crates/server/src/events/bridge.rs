//! Events of runs between the processes that share a metadata store: what one does, the others hear of at once, words of
//! a step under way too. Where the store cannot tell (SQLite), or while it is away, whoever watches asks it instead.

use crate::App;
use datafyme_domain::{RunEvent, RunId};
use datafyme_store::{StoreError, metadata::LONGEST_NOTE};
use futures::{StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How long events are gathered before they are told together: a bound on how often, however much happens.
const GATHER: Duration = Duration::from_millis(40);
/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// What one process tells the others.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// Who: everybody hears themselves too.
    from: String,
    events: Vec<(RunId, RunEvent)>,
}

/// Tells and listens until the application shuts down.
pub async fn keep(app: Arc<App>) {
    loop {
        match app.metadata.listen().await {
            Ok(None) => return,
            Ok(Some(heard)) => {
                app.events.is_bridged.store(true, Ordering::Relaxed);
                let ours = app.events.ours.subscribe();
                tokio::select! {
                    () = app.shutdown.cancelled() => {}
                    () = hear(&app, heard) => tracing::warn!("events.connection_lost"),
                    failure = tell(&app, ours) => tracing::warn!(error = %failure, "events.not_told"),
                }
                app.events.is_bridged.store(false, Ordering::Relaxed);
            }
            Err(failure) => tracing::warn!(error = %failure, "events.not_heard"),
        }
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

async fn hear(app: &App, mut heard: BoxStream<'static, String>) {
    while let Some(text) = heard.next().await {
        // What a newer version tells and this one does not know is in the store all the same.
        let Ok(note) = serde_json::from_str::<Note>(&text) else { continue };
        if note.from == app.worker_name {
            continue;
        }
        for event in note.events {
            let _ = app.events.runs.send(event);
        }
    }
}

/// Until it fails.
async fn tell(app: &App, mut ours: Receiver<(RunId, RunEvent)>) -> StoreError {
    let mut gathered = Vec::new();
    loop {
        match ours.recv().await {
            Ok(event) => gathered.push(event),
            // What was missed is in the store.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => std::future::pending().await,
        }
        tokio::time::sleep(GATHER).await;
        while let Ok(event) = ours.try_recv() {
            gathered.push(event);
        }
        for note in notes(&app.worker_name, std::mem::take(&mut gathered)) {
            if let Err(failure) = app.metadata.tell(&note).await {
                return failure;
            }
        }
    }
}

/// The events as notes that are short enough. One that is too long by itself is left out: who watches sees the gap, and
/// asks the store.
fn notes(from: &str, events: Vec<(RunId, RunEvent)>) -> Vec<String> {
    let frame = from.len() + 64;
    let (mut notes, mut note, mut length) = (Vec::new(), Vec::new(), frame);
    let mut close = |events: Vec<(RunId, RunEvent)>| {
        notes.extend(serde_json::to_string(&Note { from: from.to_owned(), events }));
    };
    for event in events {
        let Ok(size) = serde_json::to_string(&event).map(|text| text.len() + 1) else { continue };
        if frame + size > LONGEST_NOTE {
            continue;
        }
        if length + size > LONGEST_NOTE {
            close(std::mem::take(&mut note));
            length = frame;
        }
        length += size;
        note.push(event);
    }
    if !note.is_empty() {
        close(note);
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(seq: u32, text: &str) -> (RunId, RunEvent) {
        (RunId::generate(), RunEvent::StepDelta { seq, stage: "describe".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn notes_are_short_enough_in_order_and_leave_out_what_is_too_long() {
        let long = "é\n".repeat(LONGEST_NOTE);
        let mut events: Vec<_> = (0..100).map(|seq| delta(seq, &"word ".repeat(40))).collect();
        events.insert(50, delta(1_000, &long));
        let notes = notes("me", events);
        assert!(notes.len() > 2 && notes.iter().all(|note| note.len() <= LONGEST_NOTE), "{}", notes.len());
        let told = notes.iter().flat_map(|note| serde_json::from_str::<Note>(note).unwrap().events);
        let seqs: Vec<u32> = told
            .map(|(_, event)| match event {
                RunEvent::StepDelta { seq, .. } => seq,
                _ => u32::MAX,
            })
            .collect();
        assert_eq!(seqs, (0..100).collect::<Vec<_>>());
    }
}
