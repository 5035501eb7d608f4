//! The graphs as people see them.

use crate::graph::{
    AnswerStage, BudgetLeft, Ending, OutcomeKind, RepresentStage, Transition, WriteQueryStage, answer, represent,
    write_query,
};
use std::fmt::Write;

/// What stands before the diagrams.
const HEAD: &str = "# The graphs of a run

Printed by `datafyme graph` from the functions that drive every run (`crates/agent/src/graph/`): do not edit.
An edge is labelled with the outcome that leads along it; \"out of attempts\" means that the run's budget for that
loop is spent. Every stage can also fail (a cause that the user can act on) or be cancelled: both end the run.
";

/// The answer, write-query and represent graphs as one Markdown page with Mermaid diagrams, printed from the same
/// functions that drive a run.
#[must_use]
pub fn mermaid() -> String {
    let mut page = HEAD.to_owned();
    section(&mut page, "Answer", &AnswerStage::ALL, AnswerStage::code, answer::next);
    section(&mut page, "Write query", &WriteQueryStage::ALL, WriteQueryStage::code, write_query::next);
    section(&mut page, "Represent", &RepresentStage::ALL, RepresentStage::code, represent::next);
    page
}

fn section<S: Copy + PartialEq>(
    page: &mut String,
    title: &str,
    stages: &[S],
    code: fn(S) -> &'static str,
    next: fn(S, OutcomeKind, BudgetLeft) -> Transition<S>,
) {
    let _ = write!(page, "\n## {title}\n\n```mermaid\nflowchart TD\n");
    if let Some(first) = stages.first() {
        let _ = writeln!(page, "    start(( )) --> {}", code(*first));
    }
    for &stage in stages {
        let _ = writeln!(page, "    {}[{}]", code(stage), code(stage).replace('_', " "));
        for kind in OutcomeKind::ALL {
            if matches!(kind, OutcomeKind::Failed | OutcomeKind::Cancelled) {
                continue;
            }
            let (plenty, nothing) = (next(stage, kind, BudgetLeft::PLENTY), next(stage, kind, BudgetLeft::NOTHING));
            edge(page, code(stage), kind.label(), target(plenty, code));
            if nothing != plenty {
                let label = format!("{}, out of attempts", kind.label());
                edge(page, code(stage), &label, target(nothing, code));
            }
        }
    }
    page.push_str("```\n");
}

fn edge(page: &mut String, from: &str, label: &str, to: Option<String>) {
    if let Some(to) = to {
        let _ = writeln!(page, "    {from} -->|{label}| {to}");
    }
}

fn target<S>(transition: Transition<S>, code: fn(S) -> &'static str) -> Option<String> {
    match transition {
        Transition::Go(stage) => Some(code(stage).to_owned()),
        Transition::Leave => Some("leave([back to the answer graph])".to_owned()),
        Transition::End(ending) => Some(
            match ending {
                Ending::Answered => "answered([answered])",
                Ending::Declined => "declined([declined])",
                Ending::Failed => "failed([failed])",
                Ending::Cancelled => "cancelled([cancelled])",
            }
            .to_owned(),
        ),
        Transition::Impossible => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_documented_graphs_are_those_that_run() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/graphs.md");
        let page = super::mermaid();
        if std::env::var_os("DATAFYME_UPDATE_DOCS").is_some() {
            std::fs::write(path, &page).expect("docs/reference can be written");
        }
        let documented = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(documented, page, "run the tests of datafyme-agent once with DATAFYME_UPDATE_DOCS=1");
    }
}
