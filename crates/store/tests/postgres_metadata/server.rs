//! The PostgreSQL server of this test process: `DATAFYME_TEST_POSTGRES_URL`, else one that `scripts/postgres.sh` starts
//! and that ends with the process. Without one the tests fail: nobody else tests this back end.

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

pub(crate) fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("DATAFYME_TEST_POSTGRES_URL") {
        Ok(url) if !url.is_empty() => url,
        _ => start(),
    })
}

fn start() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
    let process = std::process::id().to_string();
    let dir = std::env::temp_dir().join(format!("datafyme-store-postgres-{process}"));
    let output = Command::new("bash").arg(&script).arg("start").arg(&dir).args(["--owner", &process]).output().unwrap();
    assert!(output.status.success(), "no PostgreSQL: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A schema for one test.
pub(crate) struct Schema(String);

impl Schema {
    pub(crate) async fn fresh() -> Self {
        let schema = Self(format!("t_{}", uuid::Uuid::now_v7().simple()));
        schema.on_server(&format!("CREATE SCHEMA {}", schema.0)).await;
        schema
    }

    /// The URL under which its tables are made and found.
    pub(crate) fn url(&self) -> String {
        let server = server();
        let and = if server.contains('?') { '&' } else { '?' };
        format!("{server}{and}options[search_path]={}", self.0)
    }

    /// Runs statements within it.
    pub(crate) async fn sql(&self, statements: &str) {
        self.on_server(&format!("SET search_path TO {}; {statements}", self.0)).await;
    }

    async fn on_server(&self, statements: &str) {
        let mut connection = PgConnection::connect(server()).await.unwrap();
        raw_sql(AssertSqlSafe(statements)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}
