//! Progress on standard error: bars where somebody watches, plain lines elsewhere.

use super::terminal::Terminal;
use datafyme_domain::{Job, RunEvent};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

const TICK: Duration = Duration::from_millis(100);

/// Shows how far a job is.
#[derive(Debug)]
pub(crate) struct JobProgressView {
    name: String,
    bar: Option<ProgressBar>,
    phase: Mutex<String>,
}

impl JobProgressView {
    /// A view of the learning of data source `name`.
    pub(crate) fn start(terminal: Terminal, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            bar: terminal.watched.then(|| bar("{spinner} {prefix} {bar:24} {pos}/{len} {wide_msg}")),
            phase: Mutex::default(),
        }
    }

    /// Shows its state.
    pub(crate) fn show(&self, job: &Job) {
        let progress = &job.progress;
        let Some(bar) = &self.bar else {
            let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
            if *phase != progress.phase && !job.status.is_final() {
                phase.clone_from(&progress.phase);
                eprintln!("{}: {}", self.name, progress.phase);
            }
            return;
        };
        bar.set_prefix(self.name.clone());
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        let left = progress.seconds_left.map(|s| format!(", {s} s left")).unwrap_or_default();
        let current = progress.current.as_deref().unwrap_or_default();
        bar.set_message(format!("{} {current}{left}", progress.phase));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Shows what a run is doing; nothing where nobody watches.
#[derive(Debug)]
pub(crate) struct RunProgressView(Option<ProgressBar>);

impl RunProgressView {
    /// A view of one run.
    pub(crate) fn start(terminal: Terminal) -> Self {
        Self(terminal.watched.then(|| bar("{spinner} {wide_msg}")))
    }

    /// Shows an event.
    pub(crate) fn show(&self, event: &RunEvent) {
        let Some(bar) = &self.0 else { return };
        match event {
            RunEvent::StepStarted { stage, .. } => bar.set_message(stage.replace('_', " ")),
            RunEvent::StepDelta { stage, text, .. } => bar.set_message(format!("{}: {text}", stage.replace('_', " "))),
            RunEvent::StepCompleted { step } => bar.set_message(step.summary.clone()),
            RunEvent::RunCompleted { .. } => bar.finish_and_clear(),
        }
    }

    /// Takes it away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A bar over `total` items, or none where nobody watches.
pub(crate) fn counter(terminal: Terminal, total: u64) -> Option<ProgressBar> {
    terminal.watched.then(|| {
        let bar = bar("{spinner} {bar:32} {pos}/{len} {wide_msg} {eta}");
        bar.set_length(total);
        bar
    })
}

fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(TICK);
    bar
}
