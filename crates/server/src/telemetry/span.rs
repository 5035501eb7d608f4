//! Spans, and their written form: OTLP/JSON, the JSON mapping of `opentelemetry.proto.trace.v1`
//! (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>): ids in hexadecimal, 64-bit integers as strings.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// One span.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) trace: Uuid,
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    pub(super) name: String,
    pub(super) kind: SpanKind,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) attributes: Vec<(&'static str, Attribute)>,
    pub(super) outcome: SpanOutcome,
}

/// Eight bytes, never all zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SpanId(u64);

/// `SpanKind` of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanKind {
    Internal = 1,
    Client = 3,
}

/// `Status` of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SpanOutcome {
    Unset,
    Ok,
    Error(String),
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Attribute {
    Text(String),
    Count(u64),
}

impl SpanId {
    /// Of a thing of ours: the random half of its id.
    pub(super) fn of(id: Uuid) -> Self {
        Self(id.as_u64_pair().1.max(1))
    }

    /// Of the part at that position: the same whenever it is asked for, so that an export that is made again makes no
    /// second span. Mixed as by SplitMix64 (Steele, Lea & Flood 2014).
    pub(super) const fn part(self, position: u64) -> Self {
        let mut mixed = self.0.wrapping_add(position.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        Self(if mixed == 0 { 1 } else { mixed })
    }

    fn hex(self) -> String {
        format!("{:016x}", self.0)
    }
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Attribute {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl Attribute {
    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "stringValue": text }),
            Self::Count(count) => json!({ "intValue": count.to_string() }),
        }
    }
}

impl Span {
    fn json(&self) -> Value {
        let attributes: Vec<Value> =
            self.attributes.iter().map(|(key, value)| json!({ "key": key, "value": value.json() })).collect();
        let status = match &self.outcome {
            SpanOutcome::Unset => json!({}),
            SpanOutcome::Ok => json!({ "code": 1 }),
            SpanOutcome::Error(message) => json!({ "code": 2, "message": message }),
        };
        let mut span = json!({
            "traceId": self.trace.simple().to_string(),
            "spanId": self.id.hex(),
            "name": self.name,
            "kind": self.kind as u8,
            "startTimeUnixNano": nanos(self.start),
            "endTimeUnixNano": nanos(self.end),
            "attributes": attributes,
            "status": status,
        });
        if let (Some(parent), Some(object)) = (self.parent, span.as_object_mut()) {
            object.insert("parentSpanId".to_owned(), json!(parent.hex()));
        }
        span
    }
}

/// `ExportTraceServiceRequest` with these spans.
pub(super) fn request(service: &str, spans: &[Span]) -> Value {
    let spans: Vec<Value> = spans.iter().map(Span::json).collect();
    json!({
        "resourceSpans": [{
            "resource": { "attributes": [
                { "key": "service.name", "value": { "stringValue": service } },
                { "key": "service.version", "value": { "stringValue": env!("CARGO_PKG_VERSION") } },
            ] },
            "scopeSpans": [{
                "scope": { "name": "datafyme", "version": env!("CARGO_PKG_VERSION") },
                "spans": spans,
            }],
        }],
    })
}

fn nanos(at: DateTime<Utc>) -> String {
    at.timestamp_nanos_opt().unwrap_or_default().to_string()
}
