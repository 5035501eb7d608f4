//! The allowed edges between crates: what may know of what.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// Crate → the workspace crates that it may depend on, development dependencies included.
const ALLOWED: &[(&str, &[&str])] = &[
    ("datafyme-domain", &[]),
    ("datafyme-connect", &["datafyme-domain"]),
    ("datafyme-store", &["datafyme-domain"]),
    ("datafyme-llm", &["datafyme-domain"]),
    ("datafyme-nlq", &["datafyme-domain"]),
    ("datafyme-render", &["datafyme-domain"]),
    ("datafyme-agent", &["datafyme-domain", "datafyme-connect", "datafyme-store", "datafyme-llm", "datafyme-nlq"]),
    (
        "datafyme",
        &[
            "datafyme-domain",
            "datafyme-connect",
            "datafyme-store",
            "datafyme-llm",
            "datafyme-nlq",
            "datafyme-agent",
            "datafyme-render",
        ],
    ),
];

/// Third-party crates that stand in one crate alone.
const AT_HOME_IN_SERVER: &[&str] = &["axum", "clap", "anyhow"];

#[test]
fn crates_depend_only_along_the_allowed_edges() {
    let edges = workspace_edges();
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ALLOWED.iter().map(|(name, to)| ((*name).to_owned(), to.iter().map(|t| (*t).to_owned()).collect())).collect();
    assert_eq!(edges.keys().collect::<Vec<_>>(), allowed.keys().collect::<Vec<_>>(), "a crate came or went");
    for (name, dependencies) in &edges {
        // A crate's tests may name itself with other features.
        let inside: BTreeSet<_> =
            dependencies.iter().filter(|d| d.starts_with("datafyme") && *d != name).cloned().collect();
        let wrong: Vec<_> = inside.difference(&allowed[name]).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
        if name != "datafyme" {
            let stray: Vec<_> = dependencies.iter().filter(|d| AT_HOME_IN_SERVER.contains(&d.as_str())).collect();
            assert!(stray.is_empty(), "{stray:?} belong to the server alone, not to {name}");
        }
    }
}

fn workspace_edges() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let names = |list: &serde_json::Value| -> BTreeSet<String> {
        list.as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap().to_owned()).collect()
    };
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["name"].as_str().unwrap().to_owned(), names(&p["dependencies"])))
        .collect()
}
