//! The committed reference pages are what the binary prints; `make gen` makes them anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{path::Path, process::Command};

fn assert_committed(arguments: &[&str], file: &str) {
    let output = Command::new(env!("CARGO_BIN_EXE_datafyme")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?} failed");
    let printed = String::from_utf8(output.stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference").join(file);
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        printed == committed,
        "docs/reference/{file} is not what `datafyme {}` prints: run `make gen`",
        arguments.join(" ")
    );
}

#[test]
fn the_openapi_document_is_committed() {
    assert_committed(&["openapi"], "openapi.json");
}

#[test]
fn the_configuration_schema_is_committed() {
    assert_committed(&["config", "schema"], "config.schema.json");
}

#[test]
fn the_command_line_help_is_committed() {
    assert_committed(&["help-markdown"], "cli.md");
}
