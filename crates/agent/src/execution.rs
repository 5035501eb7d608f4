//! The execution of a run: folds its persisted steps, goes on from there, persists what it does in groups of
//! steps (`journal`), and always ends the run. Whoever holds the lease works; a lost lease stops the work quietly.

pub(crate) mod cost;
mod ending;
mod history;
mod interruption;
mod journal;

use crate::{
    Agent, AgentError, RunEvents,
    analyst::QueryDraft,
    graph::{self, BudgetLeft, Ending, Next, Outcome, Stage, State},
    stages::{self, StageContext},
    workbench::Workbench,
};
use chrono::TimeDelta;
use cost::Cost;
use datafyme_domain::{
    Answer, Caller, Catalog, ErrorKind, Message, MessageId, Role, Run, RunEvent, RunId, Step, StepId, StepStatus,
    VerifiedQuery,
};
use datafyme_store::{
    MetadataStore,
    metadata::{Lease, RunClaim, RunEnd},
};
use futures::FutureExt;
use interruption::{Interruption, Watch};
use journal::Journal;
use serde::{Deserialize, Serialize};
use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// How long a lease holds; renewed several times within.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(15);

/// A step's `outcome` as persisted.
#[derive(Debug, Serialize, Deserialize)]
struct Recorded {
    #[serde(flatten)]
    outcome: Outcome,
    /// Queries that the step sent.
    queries: u32,
    /// Milliseconds that they took.
    query_ms: u64,
}

/// A run under way.
struct Execution<'a> {
    agent: &'a Agent,
    caller: Caller,
    run: Run,
    worker: &'a str,
    events: &'a dyn RunEvents,
    state: State,
    cost: Cost,
    /// Position of the next step.
    seq: u32,
    next: Next,
    journal: Journal<'a>,
}

/// Works on a run until it ends. See [`Agent::execute_run`].
pub(crate) async fn execute(
    agent: &Agent,
    caller: Caller,
    id: RunId,
    worker: &str,
    events: &dyn RunEvents,
) -> Result<Answer, AgentError> {
    let metadata = &*agent.inner.parts.metadata;
    let now = agent.inner.parts.clock.now();
    let lease = Lease { worker, now, until: now + LEASE };
    let Some(RunClaim { run, is_taken_over, steps }) = metadata.claim_run(caller, id, lease).await? else {
        let answer = find(agent, caller, id).await?.answer.ok_or_else(taken_over)?;
        emit_end(events, &answer);
        return Ok(answer);
    };
    if run.cancel_requested {
        agent.inner.cancels.enter(id).cancel();
    }
    let mut execution = Execution {
        agent,
        caller,
        state: State::new(&run.question),
        run,
        worker,
        events,
        cost: Cost::default(),
        seq: 0,
        next: Next::Go(Stage::FIRST),
        journal: Journal::new(metadata, id, worker, is_taken_over),
    };
    execution.fold(&steps);
    let ended = execution.go_on().await;
    agent.inner.cancels.leave(id);
    ended
}

impl Execution<'_> {
    /// The state after the completed steps. Steps that do not read back, or do not follow from those before them,
    /// are done again.
    fn fold(&mut self, steps: &[Step]) {
        for step in steps {
            let Next::Go(stage) = self.next else { break };
            let fits = step.seq == self.seq && step.status == StepStatus::Completed && step.stage == stage.code();
            let Some(recorded) = fits.then(|| read(&step.outcome)).flatten() else {
                break;
            };
            self.cost.add(step, &recorded);
            self.take(stage, recorded.outcome);
        }
    }

    fn take(&mut self, stage: Stage, outcome: Outcome) {
        let kind = outcome.kind();
        self.state.apply(stage, outcome);
        let left = BudgetLeft::of(&self.state, &self.agent.inner.parts.budget);
        self.next = graph::advance(stage, kind, left);
        self.seq += 1;
    }

    async fn go_on(&mut self) -> Result<Answer, AgentError> {
        let (say, mut said) = mpsc::unbounded_channel();
        let context = match self.context(say).await {
            Ok(context) => Arc::new(context),
            Err(error) if matches!(error, AgentError::Store(_)) => return Err(error),
            Err(error) => {
                self.state.text = error.to_string();
                return self.end(Ending::Failed, &[]).await;
            }
        };
        let mut watch = Watch::new(self.agent, self.caller, self.run.id, self.worker, self.cost.total_ms);
        loop {
            match self.next {
                Next::Go(stage) => self.step(stage, &context, &mut said, &mut watch).await?,
                Next::End(ending) => return self.end(ending, &context.knowledge.relations).await,
            }
        }
    }

    async fn context(&self, saying: mpsc::UnboundedSender<String>) -> Result<StageContext, AgentError> {
        let inner = &self.agent.inner;
        let source = self.agent.source(self.caller, self.run.source_id).await?;
        let connector = inner.connectors.get(&*inner.parts.metadata, self.caller, &source).await?;
        let knowledge = inner.knowledge.get(&*inner.parts.metadata, self.caller, source).await?;
        Ok(StageContext {
            parts: inner.parts.clone(),
            bench: Workbench::new(connector, knowledge.allowed.clone(), &inner.parts.budget),
            history: Arc::new(history::of(&*inner.parts.metadata, self.caller, &self.run).await?),
            verified: Arc::new(usable(
                inner.parts.metadata.list_verified_queries(self.caller, self.run.source_id).await?,
                &knowledge.catalog,
            )),
            effort: self.run.effort,
            ledger: cost::ledger(&inner.parts, self.caller, &self.cost).await?,
            knowledge,
            today: inner.parts.clock.now().date_naive(),
            saying,
        })
    }

    /// One stage: announced, run under watch, persisted, told.
    async fn step(
        &mut self,
        stage: Stage,
        context: &StageContext,
        said: &mut mpsc::UnboundedReceiver<String>,
        watch: &mut Watch<'_>,
    ) -> Result<(), AgentError> {
        let mut step = Step {
            id: StepId::generate(),
            run_id: self.run.id,
            seq: self.seq,
            stage: stage.code().to_owned(),
            status: StepStatus::Running,
            outcome: String::new(),
            summary: String::new(),
            started_at: self.agent.inner.parts.clock.now(),
            duration_ms: None,
            calls: Vec::new(),
        };
        self.events.emit(RunEvent::StepStarted { seq: step.seq, stage: step.stage.clone() });
        let (started, spent) = (Instant::now(), context.bench.spent());
        let patience = self.journal.begin(started);
        let outcome = self.watched(&step, patience, stage, context, said, watch).await?;
        let (queries, query_ms) = context.bench.spent();
        let recorded = Recorded { outcome, queries: queries - spent.0, query_ms: query_ms - spent.1 };
        step.outcome = serde_json::to_string(&recorded)
            .map_err(|e| AgentError::refused(ErrorKind::Internal, format!("cannot write down a step: {e}")))?;
        step.status = StepStatus::Completed;
        step.summary = recorded.outcome.summary();
        step.duration_ms = Some(millis(started));
        step.calls = context.ledger.take();
        self.journal.add(step.clone()).await?;
        // The state is the fold of what is persisted, not of what was meant: it reads the same after a restart.
        let outcome = read(&step.outcome).map(|r| r.outcome);
        self.cost.add(&step, &recorded);
        self.events.emit(RunEvent::StepCompleted { step });
        self.take(stage, outcome.unwrap_or(recorded.outcome));
        // Quick stages wait for nothing: whoever wants to stop the run gets a turn between them.
        tokio::task::yield_now().await;
        Ok(())
    }

    /// The stage's outcome, or what interrupted it; after `patience` the step is written as running.
    async fn watched(
        &mut self,
        step: &Step,
        patience: Duration,
        stage: Stage,
        context: &StageContext,
        said: &mut mpsc::UnboundedReceiver<String>,
        watch: &mut Watch<'_>,
    ) -> Result<Outcome, AgentError> {
        if watch.is_cancelled() {
            return Ok(Outcome::Cancelled);
        }
        let work = AssertUnwindSafe(stages::run(stage, context, &self.state)).catch_unwind();
        let announced = tokio::time::sleep(patience);
        tokio::pin!(work, announced);
        let mut is_announced = false;
        let interruption = loop {
            tokio::select! {
                biased;
                Some(text) = said.recv() => self.delta(stage, text),
                done = &mut work => {
                    while let Ok(text) = said.try_recv() {
                        self.delta(stage, text);
                    }
                    return settled(stage, done);
                }
                () = &mut announced, if !is_announced => {
                    is_announced = true;
                    self.journal.announce(step).await?;
                }
                interruption = watch.next() => break interruption?,
            }
        };
        context.bench.cancel().await;
        match interruption {
            Interruption::Cancelled => Ok(Outcome::Cancelled),
            Interruption::OutOfTime => Ok(Outcome::Failed {
                reason: format!(
                    "This took longer than {} seconds and was stopped: ask for less, or try again later.",
                    self.agent.inner.parts.budget.run_ms.div_ceil(1_000)
                ),
            }),
            Interruption::LeaseLost => Err(taken_over()),
        }
    }

    fn delta(&self, stage: Stage, text: String) {
        self.events.emit(RunEvent::StepDelta { seq: self.seq, stage: stage.code().to_owned(), text });
    }

    /// Persists the end, and tells it. Somebody else's end wins when it came first.
    async fn end(&mut self, ending: Ending, relations: &[datafyme_domain::Relation]) -> Result<Answer, AgentError> {
        let parts = &self.agent.inner.parts;
        let mut answer = ending::answer(&self.state, ending, relations);
        answer.usage = self.cost.usage(&self.state, parts.analyst.name());
        let at = parts.clock.now();
        let message = Message {
            id: MessageId::generate(),
            conversation_id: self.run.conversation_id,
            role: Role::Assistant,
            text: answer.text.clone(),
            run_id: Some(self.run.id),
            created_at: at,
        };
        let end = RunEnd { steps: self.journal.unwritten(), answer: &answer, message: &message, at };
        if !parts.metadata.finish_run(self.run.id, self.worker, end).await? {
            let run = find(self.agent, self.caller, self.run.id).await?;
            answer = run.answer.ok_or_else(taken_over)?;
        }
        emit_end(self.events, &answer);
        Ok(answer)
    }
}

/// What the work came to: its outcome; a failure of our own store, which leaves the run to be resumed; any other
/// failure, or a panic, as the run's end.
fn settled(
    stage: Stage,
    done: Result<Result<Outcome, AgentError>, Box<dyn std::any::Any + Send>>,
) -> Result<Outcome, AgentError> {
    match done {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(error @ AgentError::Store(_))) => Err(error),
        Ok(Err(error)) => Ok(Outcome::Failed { reason: error.to_string() }),
        Err(_) => {
            tracing::error!(stage = stage.code(), "stage.panicked");
            Ok(Outcome::Failed {
                reason: format!(
                    "A defect in Datafyme stopped this question (stage {}). Ask it in other words; the log has the details.",
                    stage.code()
                ),
            })
        }
    }
}

fn read(outcome: &str) -> Option<Recorded> {
    let mut recorded: Recorded = serde_json::from_str(outcome).ok()?;
    if let Outcome::Rows { rows, .. } | Outcome::Empty { rows } = &mut recorded.outcome {
        crate::typed_rows::restore(rows);
    }
    Some(recorded)
}

/// The approved queries that still stand.
fn usable(mut queries: Vec<VerifiedQuery>, catalog: &Catalog) -> Vec<VerifiedQuery> {
    queries.retain(|query| query.stale(catalog).is_none());
    queries
}

/// The draft of a run's query, and whether its question refers to earlier ones.
pub(crate) async fn drafted(
    metadata: &dyn MetadataStore,
    caller: Caller,
    run: RunId,
    sql: &str,
) -> Result<(Option<QueryDraft>, bool), AgentError> {
    let steps = metadata.steps(caller, run).await?;
    let outcomes: Vec<Outcome> = steps.iter().filter_map(|step| read(&step.outcome)).map(|r| r.outcome).collect();
    let follow_up = outcomes.iter().any(|o| matches!(o, Outcome::Restated { follow_up: true, .. }));
    let draft = outcomes.into_iter().rev().find_map(|outcome| match outcome {
        Outcome::Drafted { draft } if draft.sql == sql => Some(*draft),
        _ => None,
    });
    Ok((draft, follow_up))
}

async fn find(agent: &Agent, caller: Caller, id: RunId) -> Result<Run, AgentError> {
    let run = agent.inner.parts.metadata.run(caller, id).await?;
    run.ok_or_else(|| AgentError::not_found("run"))
}

fn emit_end(events: &dyn RunEvents, answer: &Answer) {
    events.emit(RunEvent::RunCompleted { answer: Box::new(answer.clone()) });
}

fn taken_over() -> AgentError {
    AgentError::refused(ErrorKind::Conflict, "another worker holds this run")
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
