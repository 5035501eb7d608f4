//! The PostgreSQL server of a test process.

use super::Fixture;
use crate::SourceUrl;
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};
use std::{path::Path, process::Command, sync::OnceLock};

/// The superuser URL of a PostgreSQL server: `DATAFYME_TEST_POSTGRES_URL`, else one that `scripts/postgres.sh` starts
/// for this process and that ends with it. Without one, `None` and a line that says that `test` is skipped; where
/// `CI=true` that is a failure.
pub fn postgres_server(test: &str) -> Option<&'static str> {
    static SERVER: OnceLock<Result<String, String>> = OnceLock::new();
    match SERVER.get_or_init(find_or_start) {
        Ok(url) => Some(url),
        Err(why) => {
            let in_ci = std::env::var("CI").is_ok_and(|v| v == "true");
            assert!(!in_ci, "{test} needs PostgreSQL: {why}");
            println!("SKIPPED {test}: {why}");
            None
        }
    }
}

fn find_or_start() -> Result<String, String> {
    if let Ok(url) = std::env::var("DATAFYME_TEST_POSTGRES_URL")
        && !url.is_empty()
    {
        return Ok(url);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/postgres.sh");
    let process = std::process::id().to_string();
    let directory = std::env::temp_dir().join(format!("datafyme-postgres-{process}"));
    let output = Command::new("bash")
        .arg(&script)
        .arg("start")
        .arg(&directory)
        .args(["--owner", &process])
        .output()
        .map_err(|e| format!("{} does not run ({e})", script.display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(format!("no server: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// Makes databases on the shared server, one a test.
#[derive(Debug)]
pub struct PostgresFixture {
    server: &'static str,
    name: String,
}

impl PostgresFixture {
    /// For the test of that name; `None` where there is no server.
    pub fn named(test: &str) -> Option<Self> {
        let name: String = test.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
        Some(Self {
            server: postgres_server(test)?,
            name: format!("t_{}_{}", std::process::id(), name.to_ascii_lowercase()),
        })
    }

    /// The URL of this test's database.
    pub fn url(&self) -> String {
        with_database(self.server, &self.name)
    }

    /// The URL of this test's database for another user.
    pub fn url_as(&self, user: &str, password: &str) -> String {
        let mut url = url::Url::parse(&self.url()).expect("a URL");
        url.set_username(user).expect("a user");
        url.set_password(Some(password)).expect("a password");
        url.to_string()
    }

    async fn run(url: &str, statements: &str) {
        let mut connection = PgConnection::connect(url).await.expect("the server takes connections");
        raw_sql(AssertSqlSafe(statements))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|e| panic!("{e}: {statements}"));
        connection.close().await.expect("the connection closes");
    }
}

fn with_database(server: &str, name: &str) -> String {
    let mut url = url::Url::parse(server).expect("a URL");
    url.set_path(name);
    url.to_string()
}

#[async_trait]
impl Fixture for PostgresFixture {
    async fn database(&self, setup: &str) -> SourceUrl {
        let name = &self.name;
        Self::run(self.server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        Self::run(self.server, &format!("CREATE DATABASE {name}")).await;
        if !setup.is_empty() {
            Self::run(&self.url(), setup).await;
        }
        SourceUrl::parse(&self.url()).expect("the server's URL parses")
    }

    async fn execute(&self, _: &SourceUrl, sql: &str) {
        Self::run(&self.url(), sql).await;
    }
}
