use super::DemoError;

/// A demo data source on a PostgreSQL server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoDatabase {
    /// `fulfillment` or `cinema`.
    pub name: &'static str,
    /// Where it is, credentials included.
    pub url: String,
}

/// Not yet.
///
/// # Errors
/// Always.
pub async fn load_postgres(url: &str, _force: bool) -> Result<Vec<DemoDatabase>, DemoError> {
    Err(DemoError::Url(url.to_owned()))
}
