use tokio::sync::Notify;

/// Tells the worker that there is something new, so that it need not wait for its next look.
#[derive(Debug, Default)]
pub struct WorkerSignal(Notify);

impl WorkerSignal {
    /// There is something new.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits until there is.
    pub async fn woken(&self) {
        self.0.notified().await;
    }
}
