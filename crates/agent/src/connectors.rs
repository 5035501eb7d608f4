//! Open connectors, one per data source: opened when first needed, dropped when the source changes.

use crate::AgentError;
use datafyme_connect::{Connector, SourceUrl};
use datafyme_domain::{Caller, DataSource, DataSourceId};
use datafyme_store::MetadataStore;
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A connector and the location that it was opened for.
struct Open {
    location: String,
    connector: Arc<dyn Connector>,
}

/// Open connectors by data source.
#[derive(Default)]
pub(crate) struct Connectors {
    open: Mutex<HashMap<DataSourceId, Open>>,
}

impl Connectors {
    /// The connector of `source`.
    pub(crate) async fn get(
        &self,
        metadata: &dyn MetadataStore,
        caller: Caller,
        source: &DataSource,
    ) -> Result<Arc<dyn Connector>, AgentError> {
        if let Some(open) = self.lock().get(&source.id)
            && open.location == source.location
        {
            return Ok(open.connector.clone());
        }
        let mut url = SourceUrl::parse(&source.location)?;
        url.password = metadata.source_password(caller, source.id).await?;
        let connector = datafyme_connect::open(&url)?;
        let open = Open { location: source.location.clone(), connector: connector.clone() };
        self.lock().insert(source.id, open);
        Ok(connector)
    }

    /// Closes the connector of `source` once nobody uses it.
    pub(crate) fn forget(&self, source: DataSourceId) {
        self.lock().remove(&source);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DataSourceId, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connectors").field("open", &self.lock().len()).finish()
    }
}
