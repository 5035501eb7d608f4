//! One key for all who share a database: the first to open it leaves a sealed word that the others must be able to open.

use super::PostgresMetadata;
use crate::StoreError;
use datafyme_domain::ErrorKind;

const ROW: &str = "canary";
const WORD: &str = "datafyme";

const PUT: &str = "INSERT INTO vaults (id, sealed) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
const GET: &str = "SELECT sealed FROM vaults WHERE id = $1";

impl PostgresMetadata {
    /// # Errors
    /// `Corrupt` when the vault has another key than the one that the database was begun with.
    pub(super) async fn settle_vault(&self) -> Result<(), StoreError> {
        let failed = |error| self.failed("open the vault of", error);
        sqlx::query(PUT).bind(ROW).bind(self.vault.seal(ROW, WORD)?).execute(&self.pool).await.map_err(failed)?;
        let sealed: String = sqlx::query_scalar(GET).bind(ROW).fetch_one(&self.pool).await.map_err(failed)?;
        match self.vault.unseal(ROW, &sealed) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::Corrupt => Err(StoreError::new(
                ErrorKind::Corrupt,
                format!(
                    "the key of this process is not the one that {} was begun with: give every replica the same key \
                     (metadata.key_file, or DATAFYME_METADATA__KEY)",
                    self.place
                ),
            )),
            Err(error) => Err(error),
        }
    }
}
