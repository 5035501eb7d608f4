//! Phase one: the structure.

use crate::AgentError;
use datafyme_connect::{Connector, Scope};
use datafyme_domain::{Catalog, ErrorKind};

/// The structure as it is now. Tables that have not changed keep their old profile until they have a new one, so that
/// a learning that is cancelled leaves the source as good as before.
pub(super) async fn introspect(
    connector: &dyn Connector,
    known: Option<&Catalog>,
    name: &str,
) -> Result<Catalog, AgentError> {
    let mut catalog = connector.introspect(&Scope::default()).await?;
    if catalog.tables.is_empty() {
        return Err(AgentError::refused(
            ErrorKind::InvalidInput,
            format!("{name} has no table or view that this connection may read: grant it some, or connect elsewhere"),
        ));
    }
    for table in &mut catalog.tables {
        let old = known.and_then(|k| k.get(&table.name));
        if let Some(old) = old.filter(|o| o.columns == table.columns) {
            table.profile.clone_from(&old.profile);
        }
    }
    Ok(catalog)
}
