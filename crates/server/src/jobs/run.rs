//! One run, from claim to end.

use super::FOLLOW;
use crate::App;
use datafyme_agent::{AgentError, RunEvents};
use datafyme_domain::{Answer, Caller, ErrorKind, Message, MessageId, Role, Run, RunEvent, RunId, RunStatus};
use datafyme_store::metadata::RunEnd;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;

/// Works on a run. When the process is told to end, hands the lease back, so that another goes on at once.
///
/// # Errors
/// As [`datafyme_agent::Agent::execute_run`]; `Cancelled` when the process ends first.
pub async fn execute(app: &App, caller: Caller, id: RunId, events: &dyn RunEvents) -> Result<Answer, AgentError> {
    let _active = app.metrics.run_started();
    let observer = |event: RunEvent| {
        if let RunEvent::StepCompleted { step } = &event {
            app.metrics.step_ended(step);
        }
        app.events.publish_run(id, event.clone());
        events.emit(event);
    };
    let work = AssertUnwindSafe(app.agent.execute_run(caller, id, &app.worker_name, &observer)).catch_unwind();
    let ended = tokio::select! {
        ended = work => ended,
        () = app.shutdown.cancelled() => {
            app.metadata.renew_run(id, &app.worker_name, app.clock.now()).await?;
            return Err(AgentError::refused(ErrorKind::Cancelled, "this process was told to end; the run goes on with the next worker"));
        }
    };
    let answer = match ended {
        Ok(answer) => answer?,
        Err(_) => end_after_panic(app, caller, id).await?,
    };
    app.metrics.run_ended(&answer);
    app.telemetry.run_ended(caller, id);
    tracing::info!(run.id = %id, run.status = answer.status.code(), run.ms = answer.usage.total_ms, "run.ended");
    Ok(answer)
}

/// Sees a run through to its end, here or, when another process has it, by following that one. When this process is
/// told to end, the run is cancelled: nobody waits for it any more.
///
/// # Errors
/// Failures of the stores.
pub async fn see_through(app: &App, caller: Caller, id: RunId, events: &dyn RunEvents) -> Result<Answer, AgentError> {
    loop {
        match execute(app, caller, id, events).await {
            Ok(answer) => return Ok(answer),
            Err(failure) if failure.kind() == ErrorKind::Conflict => {}
            Err(_) if app.shutdown.is_cancelled() => {
                app.agent.cancel_run(caller, id).await?;
                // Taken up once more, it only ends.
                let answer = app.agent.execute_run(caller, id, &app.worker_name, events).await?;
                app.metrics.run_ended(&answer);
                app.telemetry.run_ended(caller, id);
                return Ok(answer);
            }
            Err(failure) => return Err(failure),
        }
        let run = app.metadata.run(caller, id).await?.ok_or_else(|| AgentError::not_found("run"))?;
        if let Some(answer) = run.answer {
            return Ok(answer);
        }
        tokio::time::sleep(FOLLOW).await;
    }
}

async fn end_after_panic(app: &App, caller: Caller, id: RunId) -> Result<Answer, AgentError> {
    tracing::error!(run.id = %id, "run.panicked");
    let run: Run = app.metadata.run(caller, id).await?.ok_or_else(|| AgentError::not_found("run"))?;
    let text = "A defect in Datafyme stopped this question; its log has the cause. Please ask in other words.";
    let answer = Answer::of_words(RunStatus::Failed, text.to_owned());
    let now = app.clock.now();
    let message = Message {
        id: MessageId::generate(),
        conversation_id: run.conversation_id,
        role: Role::Assistant,
        text: text.to_owned(),
        run_id: Some(id),
        created_at: now,
    };
    let end = RunEnd { steps: &[], answer: &answer, message: &message, at: now };
    app.metadata.finish_run(id, &app.worker_name, end).await?;
    Ok(answer)
}
