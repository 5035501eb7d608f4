//! Configured language models, their sealed keys, and which of them is active in which role.

use super::{DbConnection, DbRow, Metadata, is_duplicate};
use crate::StoreError;
use crate::metadata::columns::{
    code, get_code, get_id, get_json, get_optional_code, get_optional_json, get_time, json, micros,
};
use crate::metadata::{KeyChange, LanguageModels};
use async_trait::async_trait;
use datafyme_domain::{Caller, ErrorKind, LanguageModel, ModelAbilities, ModelId, ModelRole};
use sqlx::Row;

const CREATE: &str = "
    INSERT INTO language_models (id, owner_id, name, provider, model, base_url, headers, sealed_key, input_price,
                                 output_price, abilities, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// A model has a row for each of its roles, and one where it has none.
const GET: &str = "
    SELECT m.*, r.role FROM language_models m LEFT JOIN model_roles r ON r.model_id = m.id
    WHERE m.id = $1 AND m.owner_id = $2 ORDER BY r.role";

const FIND: &str = "
    SELECT m.*, r.role FROM language_models m LEFT JOIN model_roles r ON r.model_id = m.id
    WHERE m.name = $1 AND m.owner_id = $2 ORDER BY r.role";

const LIST: &str = "
    SELECT m.*, r.role FROM language_models m LEFT JOIN model_roles r ON r.model_id = m.id
    WHERE m.owner_id = $1 ORDER BY m.name, m.id, r.role";

const UPDATE: &str = "
    UPDATE language_models SET name = $3, provider = $4, model = $5, base_url = $6, headers = $7, input_price = $8,
                               output_price = $9, abilities = $10
    WHERE id = $1 AND owner_id = $2";

const SET_KEY: &str = "UPDATE language_models SET sealed_key = $3 WHERE id = $1 AND owner_id = $2";

const GET_KEY: &str = "SELECT sealed_key FROM language_models WHERE id = $1 AND owner_id = $2";

const DELETE: &str = "DELETE FROM language_models WHERE id = $1 AND owner_id = $2";

const ASSIGN: &str = "
    INSERT INTO model_roles (owner_id, role, model_id)
    SELECT m.owner_id, $3, m.id FROM language_models m WHERE m.id = $1 AND m.owner_id = $2
    ON CONFLICT (owner_id, role) DO UPDATE SET model_id = excluded.model_id";

const UNASSIGN: &str = "DELETE FROM model_roles WHERE owner_id = $1 AND role = $2";

const PUT_ABILITIES: &str = "UPDATE language_models SET abilities = $2 WHERE id = $1";

/// The model of a row, with the one role that the row names.
fn read_model(row: &DbRow) -> Result<LanguageModel, sqlx::Error> {
    let sealed_key: Option<&str> = row.try_get("sealed_key")?;
    Ok(LanguageModel {
        id: get_id(row, "id")?,
        owner_id: get_id(row, "owner_id")?,
        name: row.try_get("name")?,
        provider: get_code(row, "provider")?,
        model: row.try_get("model")?,
        base_url: row.try_get("base_url")?,
        headers: get_json(row, "headers")?,
        has_key: sealed_key.is_some(),
        input_price: row.try_get("input_price")?,
        output_price: row.try_get("output_price")?,
        roles: get_optional_code(row, "role")?.into_iter().collect(),
        abilities: get_optional_json(row, "abilities")?,
        created_at: get_time(row, "created_at")?,
    })
}

/// One model for the rows of each; roles in their own order.
fn with_all_roles(rows: Vec<LanguageModel>) -> Vec<LanguageModel> {
    let mut models: Vec<LanguageModel> = Vec::new();
    for row in rows {
        match models.last_mut() {
            Some(last) if last.id == row.id => last.roles.extend(row.roles),
            _ => models.push(row),
        }
    }
    for model in &mut models {
        model.roles.sort_unstable();
    }
    models
}

async fn create(connection: &mut DbConnection, model: &LanguageModel, key: Option<String>) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE)
        .bind(model.id.to_string())
        .bind(model.owner_id.to_string())
        .bind(&model.name)
        .bind(code(&model.provider)?)
        .bind(&model.model)
        .bind(&model.base_url)
        .bind(json(&model.headers)?)
        .bind(key)
        .bind(model.input_price)
        .bind(model.output_price)
        .bind(model.abilities.as_ref().map(json).transpose()?)
        .bind(micros(model.created_at))
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns whether it exists.
async fn update(connection: &mut DbConnection, caller: Caller, model: &LanguageModel) -> Result<bool, sqlx::Error> {
    let written = sqlx::query(UPDATE)
        .bind(model.id.to_string())
        .bind(caller.user_id.to_string())
        .bind(&model.name)
        .bind(code(&model.provider)?)
        .bind(&model.model)
        .bind(&model.base_url)
        .bind(json(&model.headers)?)
        .bind(model.input_price)
        .bind(model.output_price)
        .bind(model.abilities.as_ref().map(json).transpose()?)
        .execute(connection)
        .await?;
    Ok(written.rows_affected() > 0)
}

impl Metadata {
    /// The model that these statements found.
    fn one_model(&self, rows: Result<Vec<DbRow>, sqlx::Error>) -> Result<Option<LanguageModel>, StoreError> {
        Ok(with_all_roles(self.read_rows(rows, read_model)?).pop())
    }

    /// What a failed write of a model of that name means.
    fn refused(&self, name: &str, error: sqlx::Error) -> StoreError {
        if is_duplicate(&error) {
            let text = format!("there is a model named {name} already: choose another name, or remove that one");
            return StoreError::new(ErrorKind::Conflict, text);
        }
        self.failed("write to", error)
    }
}

#[async_trait]
impl LanguageModels for Metadata {
    async fn create_model(&self, model: &LanguageModel, key: Option<&str>) -> Result<(), StoreError> {
        let sealed = key.map(|key| self.vault.seal(&model.id.to_string(), key)).transpose()?;
        let mut tx = self.write().await?;
        create(&mut tx, model, sealed).await.map_err(|error| self.refused(&model.name, error))?;
        self.commit(tx).await
    }

    async fn model(&self, caller: Caller, id: ModelId) -> Result<Option<LanguageModel>, StoreError> {
        let rows =
            sqlx::query(GET).bind(id.to_string()).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        self.one_model(rows)
    }

    async fn find_model(&self, caller: Caller, name: &str) -> Result<Option<LanguageModel>, StoreError> {
        let rows = sqlx::query(FIND).bind(name).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        self.one_model(rows)
    }

    async fn list_models(&self, caller: Caller) -> Result<Vec<LanguageModel>, StoreError> {
        let rows = sqlx::query(LIST).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        Ok(with_all_roles(self.read_rows(rows, read_model)?))
    }

    async fn model_key(&self, caller: Caller, id: ModelId) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(GET_KEY)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .fetch_optional(self.readers())
            .await;
        let sealed: Option<Option<String>> = self.read_row(row, |row| row.try_get("sealed_key"))?;
        sealed.flatten().map(|sealed| self.vault.unseal(&id.to_string(), &sealed)).transpose()
    }

    async fn update_model(
        &self,
        caller: Caller,
        model: &LanguageModel,
        key: KeyChange<'_>,
    ) -> Result<bool, StoreError> {
        let id = model.id.to_string();
        let change = match key {
            KeyChange::Keep => None,
            KeyChange::Remove => Some(None),
            KeyChange::Set(key) => Some(Some(self.vault.seal(&id, key)?)),
        };
        let mut tx = self.write().await?;
        if !update(&mut tx, caller, model).await.map_err(|error| self.refused(&model.name, error))? {
            return Ok(false);
        }
        if let Some(sealed) = change {
            sqlx::query(SET_KEY)
                .bind(id)
                .bind(caller.user_id.to_string())
                .bind(sealed)
                .execute(&mut *tx)
                .await
                .map_err(|error| self.failed("write to", error))?;
        }
        self.commit(tx).await?;
        Ok(true)
    }

    async fn delete_model(&self, caller: Caller, id: ModelId) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let removed = sqlx::query(DELETE)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(removed.rows_affected() > 0)
    }

    async fn assign_model(&self, caller: Caller, role: ModelRole, id: Option<ModelId>) -> Result<(), StoreError> {
        let owner = caller.user_id.to_string();
        let mut tx = self.write().await?;
        let written = match id {
            Some(id) => sqlx::query(ASSIGN).bind(id.to_string()).bind(owner).bind(role.code()).execute(&mut *tx).await,
            None => sqlx::query(UNASSIGN).bind(owner).bind(role.code()).execute(&mut *tx).await,
        };
        let written = written.map_err(|error| self.failed("write to", error))?;
        if let Some(id) = id.filter(|_| written.rows_affected() == 0) {
            let text = format!("there is no model {id}: it may have been removed");
            return Err(StoreError::new(ErrorKind::NotFound, text));
        }
        self.commit(tx).await
    }

    async fn put_model_abilities(&self, id: ModelId, abilities: &ModelAbilities) -> Result<bool, StoreError> {
        let document = json(abilities).map_err(|error| self.failed("write to", error))?;
        let mut tx = self.write().await?;
        let written = sqlx::query(PUT_ABILITIES)
            .bind(id.to_string())
            .bind(document)
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.commit(tx).await?;
        Ok(written.rows_affected() > 0)
    }
}
