//! Rows to store.

use crate::metadata::{Lease, NewDataSource, RunEnd, RunStart};
use chrono::{DateTime, Utc};
use datafyme_domain::*;
use uuid::Uuid;

/// The local user.
pub const ME: Caller = Caller::local();
/// Somebody else, who must see nothing of ours.
pub const OTHER: Caller = Caller { user_id: UserId(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002)) };

/// Who works on runs where that does not matter.
pub const WORKER: &str = "worker";

/// That many seconds after a fixed moment, with microseconds.
#[must_use]
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_700_000_000_123_456 + seconds * 1_000_000).unwrap()
}

#[must_use]
pub fn source(owner: Caller, name: &str) -> NewDataSource {
    NewDataSource {
        source: DataSource {
            id: DataSourceId::generate(),
            owner_id: owner.user_id,
            name: name.to_owned(),
            dialect: Dialect::Postgres,
            location: "postgres://reader@db.example:5432/sales".to_owned(),
            status: SourceStatus::Loading,
            status_detail: None,
            table_count: 0,
            created_at: at(0),
            learned_at: None,
            resync_seconds: None,
            knowledge_version: 0,
        },
        password: None,
    }
}

#[must_use]
pub fn table(name: &str, comment: &str) -> Table {
    Table {
        name: TableRef::new("sales", name),
        kind: TableKind::Table,
        comment: Some(comment.to_owned()),
        columns: vec![
            column("Ügyfél \"id\"", ColumnType::Integer),
            column("since", ColumnType::Timestamp),
            column("limit", ColumnType::Decimal),
        ],
        primary_key: vec!["Ügyfél \"id\"".to_owned()],
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        row_estimate: Some(u64::from(u32::MAX) + 1),
        partitions: None,
        profile: Some(profile()),
    }
}

fn column(name: &str, column_type: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        column_type,
        declared_type: "integer".to_owned(),
        nullable: false,
        default: None,
        comment: None,
        enum_values: Vec::new(),
    }
}

/// Of values whose types JSON does not tell.
fn profile() -> TableProfile {
    let of = |column: &str, min: Value, max: Value| ColumnProfile {
        column: column.to_owned(),
        non_null: 3,
        distinct: 2,
        top_values: vec![datafyme_domain::ValueCount { value: min.clone(), count: 2 }],
        min,
        max,
        ..ColumnProfile::default()
    };
    let decimal = |text: &str| Value::Decimal(text.to_owned());
    TableProfile {
        row_count: Some(3),
        columns: vec![
            of("since", Value::Timestamp(at(0).naive_utc()), Value::TimestampTz(at(1))),
            of("limit", decimal("0.10"), decimal("12.50")),
        ],
        ..TableProfile::default()
    }
}

#[must_use]
pub fn catalog(tables: &[(&str, &str)]) -> Catalog {
    Catalog { dialect: Dialect::Postgres, tables: tables.iter().map(|(name, comment)| table(name, comment)).collect() }
}

#[must_use]
pub fn documentation(source: DataSourceId, table: TableRef, text: &str) -> TableDocumentation {
    TableDocumentation {
        source_id: source,
        table,
        business_description: text.to_owned(),
        technical_description: "3 rows".to_owned(),
        columns: vec![ColumnDocumentation {
            column: "id".to_owned(),
            description: "key".to_owned(),
            synonyms: vec!["number".to_owned()],
            ..ColumnDocumentation::default()
        }],
        use_cases: Vec::new(),
        common_questions: vec!["How many?".to_owned()],
        synonyms: Vec::new(),
        hidden: false,
        generated_at: at(5),
    }
}

/// An inferred relation of bare tables: `("orders.customer_id", "customers.id")`, several columns joined by `+`.
#[must_use]
pub fn relation(source: DataSourceId, from: &str, to: &str, confidence: f64) -> Relation {
    let end = |text: &str| {
        let (table, columns) = text.split_once('.').unwrap();
        let columns: Vec<String> = columns.split('+').map(str::to_owned).collect();
        (TableRef::bare(table), columns)
    };
    let ((from_table, from_columns), (to_table, to_columns)) = (end(from), end(to));
    Relation {
        id: RelationId::generate(),
        source_id: source,
        from_table,
        from_columns,
        to_table,
        to_columns,
        kind: RelationKind::Inferred,
        cardinality: Cardinality::ManyToOne,
        confidence,
        tier: RelationTier::of(RelationKind::Inferred, confidence),
        role: None,
        condition: None,
        evidence: RelationEvidence {
            containment: Some(0.991),
            reasons: vec![
                RelationReason::NameFits,
                RelationReason::SameType { declared_type: "integer".to_owned() },
                RelationReason::Text { text: "the names fit".to_owned() },
            ],
            ..RelationEvidence::default()
        },
    }
}

#[must_use]
pub fn conversation(owner: Caller, source: DataSourceId, updated: i64) -> Conversation {
    Conversation {
        id: ConversationId::generate(),
        owner_id: owner.user_id,
        source_id: source,
        title: "Orders".to_owned(),
        created_at: at(updated),
        updated_at: at(updated),
    }
}

/// The next question of a conversation.
#[must_use]
pub fn run_start(conversation: &Conversation, question: &str, seconds: i64) -> RunStart {
    let (run, message) = (RunId::generate(), MessageId::generate());
    RunStart {
        message: Message {
            id: message,
            conversation_id: conversation.id,
            role: Role::User,
            text: question.to_owned(),
            run_id: Some(run),
            created_at: at(seconds),
        },
        run: Run {
            id: run,
            owner_id: conversation.owner_id,
            conversation_id: conversation.id,
            message_id: message,
            source_id: conversation.source_id,
            question: question.to_owned(),
            status: RunStatus::Running,
            answer: None,
            cancel_requested: false,
            effort: Effort::default(),
            created_at: at(seconds),
            finished_at: None,
        },
    }
}

#[must_use]
pub fn answer(status: RunStatus, text: &str) -> Answer {
    Answer {
        sql: Some("SELECT count(*) FROM sales.orders".to_owned()),
        columns: vec![RowSetColumn { name: "count".to_owned(), column_type: ColumnType::Integer }],
        rows: vec![vec![Value::Int(3)]],
        tables: vec![TableRef::new("sales", "orders")],
        confidence: Some(0.5),
        ..Answer::of_words(status, text.to_owned())
    }
}

/// A lease of a worker, from that many seconds to that many.
#[must_use]
pub fn lease(worker: &str, from: i64, until: i64) -> Lease<'_> {
    Lease { worker, now: at(from), until: at(until) }
}

/// The end of a run whose steps are all written.
#[must_use]
pub fn end<'a>(answer: &'a Answer, message: &'a Message, seconds: i64) -> RunEnd<'a> {
    RunEnd { steps: &[], answer, message, at: at(seconds) }
}

/// What the assistant says at the end of a run.
#[must_use]
pub fn reply(start: &RunStart, text: &str, seconds: i64) -> Message {
    Message {
        id: MessageId::generate(),
        conversation_id: start.run.conversation_id,
        role: Role::Assistant,
        text: text.to_owned(),
        run_id: Some(start.run.id),
        created_at: at(seconds),
    }
}

#[must_use]
pub fn step(run: RunId, seq: u32, stage: &str) -> Step {
    Step {
        id: StepId::generate(),
        run_id: run,
        seq,
        stage: stage.to_owned(),
        status: StepStatus::Running,
        outcome: String::new(),
        summary: String::new(),
        started_at: at(i64::from(seq)),
        duration_ms: None,
        calls: Vec::new(),
    }
}

#[must_use]
pub fn job(owner: Caller, source: DataSourceId, kind: JobKind, seconds: i64) -> Job {
    Job {
        id: JobId::generate(),
        owner_id: owner.user_id,
        kind,
        source_id: source,
        status: JobStatus::Queued,
        progress: JobProgress::default(),
        error: None,
        attempts: 0,
        cancel_requested: false,
        created_at: at(seconds),
        started_at: None,
        finished_at: None,
    }
}

#[must_use]
pub fn verified_query(owner: Caller, source: DataSourceId, question: &str, seconds: i64) -> VerifiedQuery {
    VerifiedQuery {
        id: VerifiedQueryId::generate(),
        owner_id: owner.user_id,
        source_id: source,
        question: question.to_owned(),
        sql: "SELECT 1".to_owned(),
        uses: vec![UsedColumn { table: TableRef::new("sales", "orders"), column: None }],
        draft: Some(serde_json::json!({"explanation": "one"})),
        version: 1,
        author: "local".to_owned(),
        created_at: at(seconds),
        approved_at: at(seconds),
    }
}

/// Somebody's words about a table, resting on that version.
#[must_use]
pub fn edits(source: DataSourceId, table: TableRef, version: u64, text: &str) -> TableEdits {
    let mut edits = TableEdits { version, ..TableEdits::none(source, table) };
    edits.business_description = Some(Edit { base: "generated".to_owned(), edited: text.to_owned() });
    edits.column_mut("id").synonyms = Some(Edit { base: Vec::new(), edited: vec!["number".to_owned()] });
    edits
}

/// A new term.
#[must_use]
pub fn term(owner: Caller, source: DataSourceId, term: &str) -> BusinessTerm {
    BusinessTerm {
        id: BusinessTermId::generate(),
        owner_id: owner.user_id,
        source_id: source,
        term: term.to_owned(),
        synonyms: vec!["Big Apple".to_owned()],
        definition: "The city".to_owned(),
        meaning: Some(TermMeaning::Value {
            table: TableRef::new("sales", "city"),
            column: "name".to_owned(),
            value: "New York City".to_owned(),
        }),
        version: 0,
        editor: String::new(),
        edited_at: at(3),
    }
}

#[must_use]
pub fn model(owner: Caller, name: &str) -> LanguageModel {
    LanguageModel {
        id: ModelId::generate(),
        owner_id: owner.user_id,
        name: name.to_owned(),
        provider: Provider::OpenAi,
        model: "m-1".to_owned(),
        base_url: None,
        headers: std::collections::BTreeMap::new(),
        has_key: false,
        input_price: None,
        output_price: None,
        roles: Vec::new(),
        abilities: None,
        created_at: at(0),
    }
}

/// A call that cost something.
#[must_use]
pub fn call(task: &str) -> ModelCall {
    ModelCall {
        task: task.to_owned(),
        model: "big".to_owned(),
        prompt_hash: "0123456789abcdef".to_owned(),
        prompt_tokens: 1_200,
        completion_tokens: 80,
        duration_ms: 640,
        cost_micros: Some(3_800),
        attempts: 2,
        outcome: ModelCallOutcome::Answered,
        error: None,
    }
}
