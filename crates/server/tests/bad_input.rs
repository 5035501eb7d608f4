//! What people get wrong, and what databases and disks do to us: each with a clear message, the right exit code on the
//! command line, and the right problem or end over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "harness/binary.rs"]
mod binary;

use binary::{Server, datafyme, run, sqlite, stderr, stdout};
use datafyme_connect::conformance::postgres_server;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, raw_sql};
use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A server and a command line over one data directory.
struct Place {
    dir: TempDir,
    server: Server,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start(&dir.path().join("data"));
        Self { dir, server }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&self.dir.path().join("data"), arguments)
    }

    /// Registers and learns a database of these statements.
    fn learned(&self, name: &str, statements: &str) -> String {
        let file = self.file(&format!("{name}.sqlite"));
        sqlite(&file, statements);
        self.added(name, &file.display().to_string())
    }

    /// Registers and learns the database at `url`; gives the source's id.
    fn added(&self, name: &str, url: &str) -> String {
        let added = self.run(&["source", "add", name, url]);
        assert!(added.status.success(), "{}", stderr(&added));
        let sources = self.server.get("/sources").json();
        let source = sources["items"].as_array().unwrap().iter().find(|s| s["name"] == name).unwrap().clone();
        assert_eq!(source["status"], "ready");
        source["id"].as_str().unwrap().to_owned()
    }

    /// Asks over HTTP; the refusal, or the ended run.
    fn asked(&self, source: &str, question: &str) -> Result<Value, (u16, Value)> {
        let conversation = self.server.post("/conversations", &json!({ "source_id": source })).json();
        let path = format!("/conversations/{}/runs", conversation["id"].as_str().unwrap());
        let started = self.server.post(&path, &json!({ "question": question }));
        if started.status != 202 {
            return Err((started.status, started.json()));
        }
        let path = format!("/runs/{}", started.json()["id"].as_str().unwrap());
        Ok(self.server.wait_for(&path, |run| run["status"] != "running"))
    }
}

/// Asserts exit code and words of a command that failed.
fn assert_refused(output: &Output, code: i32, words: &str) {
    let said = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains("error: ") && said.to_lowercase().contains(&words.to_lowercase()), "{words}: {said}");
}

/// Asserts a problem over HTTP and its words.
fn assert_problem(reply: &binary::Reply, status: u16, code: &str, words: &str) {
    let problem = reply.json();
    assert_eq!((reply.status, problem["code"].as_str().unwrap()), (status, code), "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.to_lowercase().contains(&words.to_lowercase()), "{words}: {detail}");
}

#[test]
fn a_url_that_leads_nowhere_is_refused_with_its_reason() {
    let place = Place::new();
    std::fs::write(place.file("note.sqlite"), "These words are no database, however long they go on.").unwrap();
    let missing = place.file("missing.sqlite").display().to_string();
    let note = place.file("note.sqlite").display().to_string();
    let table = [
        ("", 2, 400, "invalid_input", "empty"),
        ("mysql://reader@localhost/sales", 2, 422, "unsupported", "postgres://"),
        ("postgres://reader@localhost:port/sales", 2, 400, "invalid_input", "port"),
        ("postgres://reader:x@127.0.0.1:1/sales", 1, 503, "unavailable", "cannot be reached"),
        ("postgres://reader:x@no-such-host.invalid/sales", 1, 503, "unavailable", "no-such-host.invalid"),
        (&missing, 2, 404, "not_found", "no file"),
        (&note, 2, 400, "invalid_input", "not a SQLite database"),
    ];
    for (url, exit, status, code, words) in table {
        assert_refused(&place.run(&["source", "add", "x", url]), exit, words);
        assert_problem(&place.server.post("/sources", &json!({ "name": "x", "url": url })), status, code, words);
        assert_problem(&place.server.post("/sources/test", &json!({ "url": url })), status, code, words);
    }
    assert_eq!(place.server.get("/sources").json()["items"], json!([]), "nothing half-registered stays");
}

#[test]
fn a_wrong_password_is_said_and_not_repeated() {
    let Some(url) = postgres_server("a_wrong_password_is_said_and_not_repeated") else {
        return;
    };
    let place = Place::new();
    let (head, tail) = url.split_once("://").unwrap();
    let (_, host) = tail.split_once('@').unwrap();
    let wrong = format!("{head}://datafyme:wr0ng-w0rd@{host}");
    let refused = place.run(&["source", "add", "pg", &wrong]);
    assert_refused(&refused, 1, "password");
    assert!(!stderr(&refused).contains("wr0ng-w0rd"));
    let reply = place.server.post("/sources", &json!({ "name": "pg", "url": wrong }));
    assert_problem(&reply, 422, "unauthenticated", "password");
    assert!(!reply.text.contains("wr0ng-w0rd"));
}

#[test]
fn an_empty_database_is_registered_with_the_cause_that_it_cannot_be_learned() {
    let place = Place::new();
    let file = place.file("empty.sqlite");
    sqlite(&file, "CREATE TABLE gone (a); DROP TABLE gone;");
    assert_refused(&place.run(&["source", "add", "empty", &file.display().to_string()]), 1, "no table");
    let source = place.server.get("/sources").json()["items"][0].clone();
    assert_eq!(source["status"], "error");
    assert!(source["status_detail"].as_str().unwrap().contains("no table"));
    assert_refused(&place.run(&["ask", "--source", "empty", "How many rows are there?"]), 1, "learn");
    let (status, problem) = place.asked(source["id"].as_str().unwrap(), "How many rows are there?").unwrap_err();
    assert_eq!((status, problem["code"].as_str().unwrap()), (409, "conflict"), "{problem}");
}

#[test]
fn tables_without_rows_and_columns_of_unknown_type_are_learned_and_asked() {
    let place = Place::new();
    let source = place.learned(
        "odd",
        "CREATE TABLE things (thing_id INTEGER PRIMARY KEY, label TEXT, area GEOMETRY, anything);
         CREATE TABLE shapes (shape_id INTEGER PRIMARY KEY, outline GEOMETRY);
         INSERT INTO shapes VALUES (1, x'00ff'), (2, 'POINT (1 2)'), (3, NULL);",
    );
    let counted = place.run(&["ask", "--source", "odd", "How many things are there?"]);
    assert_eq!(counted.status.code(), Some(0), "{}", stdout(&counted));
    let listed = place.asked(&source, "List all shapes").unwrap();
    assert_eq!(listed["status"], "answered", "{}", listed["answer"]["text"]);
    assert_eq!(listed["answer"]["rows"].as_array().unwrap().len(), 3);
    let empty = place.asked(&source, "List all things").unwrap();
    assert_eq!(empty["status"], "answered", "{}", empty["answer"]["text"]);
    assert_eq!(empty["answer"]["rows"], json!([]));
}

#[test]
fn a_table_that_was_dropped_after_learning_is_named() {
    let place = Place::new();
    let source = place.learned(
        "shop",
        "CREATE TABLE parts (part_id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parts VALUES (1, 'bolt');
         CREATE TABLE tools (tool_id INTEGER PRIMARY KEY, name TEXT); INSERT INTO tools VALUES (1, 'saw');",
    );
    sqlite(&place.file("shop.sqlite"), "DROP TABLE parts;");
    let asked = place.run(&["ask", "--source", "shop", "How many parts are there?"]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(stdout(&asked).contains("parts") && stdout(&asked).contains("learn"), "{}", stdout(&asked));
    let run = place.asked(&source, "How many parts are there?").unwrap();
    assert_eq!(run["status"], "failed");
    assert!(run["answer"]["text"].as_str().unwrap().contains("parts"), "{run}");
    assert_eq!(place.asked(&source, "How many tools are there?").unwrap()["status"], "answered");
}

#[test]
fn questions_that_are_none_change_nothing() {
    let place = Place::new();
    let source = place.learned(
        "shop",
        "CREATE TABLE parts (part_id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parts VALUES (1, 'bolt'), (2, 'nut');",
    );
    for (question, words) in [("", "empty"), (" \t\n", "empty"), (&*"why ".repeat(5_000), "20000 characters")] {
        assert_refused(&place.run(&["ask", "--source", "shop", question]), 2, words.split(' ').next_back().unwrap());
        let (status, problem) = place.asked(&source, question).unwrap_err();
        assert_eq!((status, problem["code"].as_str().unwrap()), (400, "invalid_input"), "{problem}");
    }
    let table = [
        "DROP TABLE parts",
        "SELECT * FROM parts; DELETE FROM parts",
        "How many parts are there?'; DROP TABLE parts; --",
        "Delete all parts",
        "\u{202e}\u{0000}\u{feff} ???",
    ];
    for question in table {
        let run = place.asked(&source, question).unwrap();
        assert_ne!(run["status"], "failed", "{question}: {}", run["answer"]["text"]);
        if let Some(sql) = run["answer"]["sql"].as_str() {
            assert!(sql.starts_with("SELECT") && !sql.contains("DROP") && !sql.contains("DELETE"), "{sql}");
        }
    }
    let count = place.asked(&source, "How many parts are there?").unwrap();
    assert_eq!(count["answer"]["rows"], json!([[2]]), "the parts are still there");
}

const ODD_VALUES: &str = "
    CREATE TABLE measurements (measurement_id integer PRIMARY KEY, label text, reading double precision,
        exact numeric, key uuid, lasted interval, document json, extra jsonb, raw bytea, tags text[], matrix int[][],
        at timestamptz, day date, span int4range, place point, address inet);
    INSERT INTO measurements VALUES
        (1, 'nan', 'NaN', 'NaN', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '1 year 2 days 03:04:05.6', '{\"a\": [1, null]}',
         '{\"b\": \"<script>\"}', '\\x00ff', '{a,NULL,\"b,c\"}', '{{1,2},{3,4}}', 'infinity', '-infinity', '[1,5)', '(1,2)',
         '10.0.0.1'),
        (2, 'infinite', 'Infinity', 12345678901234567890.123456789, NULL, '-00:00:01', 'null', '[]', '', '{}', NULL,
         '0001-01-01 00:00:00+00', '9999-12-31', 'empty', NULL, '::1'),
        (3, E'tab\\tline\\nquote\"''', '-Infinity', 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
";

#[test]
fn odd_values_are_answered_as_valid_json_text_and_csv() {
    let Some(url) = postgres_server("odd_values_are_answered_as_valid_json_text_and_csv") else {
        return;
    };
    let schema = format!("odd_{}", std::process::id());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let execute = |sql: String| {
        runtime.block_on(async {
            let mut connection = PgConnection::connect(url).await.unwrap();
            raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        });
    };
    execute(format!("CREATE SCHEMA {schema}; SET search_path TO {schema}; {ODD_VALUES}"));
    let place = Place::new();
    let separator = if url.contains('?') { '&' } else { '?' };
    let source = place.added("odd", &format!("{url}{separator}schemas={schema}"));
    let question = "Show the label, reading, exact, key, lasted, document, raw and tags of all measurements";
    let run = place.asked(&source, question).unwrap();
    assert_eq!(run["status"], "answered", "{}", run["answer"]["text"]);
    let text = run["answer"]["rows"].to_string();
    for part in ["NaN", "inf", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "12345678901234567890.123456789"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let path = format!("/runs/{}/rows.csv", run["id"].as_str().unwrap());
    assert_eq!(place.server.get(&path).status, 200);
    let printed = place.run(&["ask", "--source", "odd", question]);
    assert_eq!(printed.status.code(), Some(0), "{}", stderr(&printed));
    let figure = place.asked(&source, "What is the average reading?").unwrap();
    assert_ne!(figure["status"], "failed", "{}", figure["answer"]["text"]);
    execute(format!("DROP SCHEMA {schema} CASCADE"));
}

#[test]
fn columns_of_the_same_name_stay_apart() {
    let place = Place::new();
    let source = place.learned(
        "shop",
        "CREATE TABLE makers (maker_id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE parts (part_id INTEGER PRIMARY KEY, name TEXT, maker_id INTEGER REFERENCES makers (maker_id));
         INSERT INTO makers VALUES (1, 'Acme'), (2, 'Bolts'); INSERT INTO parts VALUES (1, 'bolt', 1), (2, 'nut', 2);",
    );
    let run = place.asked(&source, "Show the name of each part and the name of its maker").unwrap();
    assert_eq!(run["status"], "answered", "{}", run["answer"]["text"]);
    let columns = run["answer"]["columns"].as_array().unwrap().len();
    let rows = run["answer"]["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row.as_array().unwrap().len() == columns), "{run}");
}

#[test]
fn a_source_that_hangs_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://reader:x@{}/sales", silent.local_addr().unwrap());
    let place = Place::new();
    let began = Instant::now();
    let refused = place.run(&["source", "add", "silent", &url]);
    assert!(began.elapsed() < Duration::from_secs(45), "given up after {:?}", began.elapsed());
    assert_refused(&refused, 1, "127.0.0.1");
    let reply = place.server.post("/sources/test", &json!({ "url": url }));
    assert!(matches!(reply.status, 503 | 504), "{} {}", reply.status, reply.text);
    // The others are still served.
    assert_eq!(place.server.get("/health").status, 200);
}

/// Runs `arguments` where the data directory lies on a file system of one megabyte. `None` where this user may not
/// mount one, not even in a namespace of their own.
fn on_a_small_disk(dir: &Path, arguments: &[&str]) -> Option<Output> {
    let mount = format!("mount -t tmpfs -o size=1m tmpfs '{0}' && exec \"$@\"", dir.display());
    let may = Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|o| o.status.success());
    let mut command = datafyme(&dir.join("data"));
    command.args(arguments);
    may.then(|| {
        let mut wrapped = Command::new("unshare");
        wrapped.args(["-rm", "sh", "-c", &mount, "sh"]).arg(command.get_program()).args(command.get_args());
        wrapped.env("NO_COLOR", "1").output().unwrap()
    })
}

#[test]
fn a_full_disk_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (file, small) = (dir.path().join("wide.sqlite"), dir.path().join("small"));
    std::fs::create_dir(&small).unwrap();
    let tables: Vec<String> =
        (0..200).map(|n| format!("CREATE TABLE t{n} (a{n} TEXT, b{n} REAL, c{n} DATE);")).collect();
    sqlite(&file, &format!("BEGIN; {} COMMIT;", tables.concat()));
    match on_a_small_disk(&small, &["source", "add", "wide", &file.display().to_string()]) {
        Some(output) => {
            assert_refused(&output, 1, "no space left");
            assert!(stderr(&output).contains("hint: "), "{}", stderr(&output));
        }
        None => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "CI must be able to mount a small disk");
            println!("SKIPPED a_full_disk_is_said: this user may not make a namespace to mount a small disk in");
        }
    }
}
