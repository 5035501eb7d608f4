//! Relations, rejected ones included.

use super::{DbConnection, DbRow, Metadata};
use crate::StoreError;
use crate::metadata::Relations;
use crate::metadata::columns::{code, get_code, get_json, json};
use async_trait::async_trait;
use datafyme_domain::{Caller, DataSourceId, Relation, RelationId, RelationKind, RelationTier, TableRef};
use sqlx::Row;
use std::collections::{HashMap, HashSet};

const FOUND: &str = "
    SELECT id, join_key, confidence, document FROM relations
    WHERE source_id = $1 AND kind NOT IN ('confirmed', 'rejected')";

const CREATE_UNLESS_KNOWN: &str = "
    INSERT INTO relations (id, owner_id, source_id, join_key, kind, confidence, found_confidence, document)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
    ON CONFLICT (source_id, join_key) DO NOTHING";

const MOVE: &str = "
    UPDATE relations SET join_key = $2, document = $3
    WHERE id = $1
      AND NOT EXISTS (
          SELECT 1 FROM relations other
          WHERE other.source_id = relations.source_id AND other.join_key = $2 AND other.id <> relations.id)";

const DELETE_ONE: &str = "DELETE FROM relations WHERE id = $1";

const LIST: &str = "
    SELECT kind, confidence, document FROM relations WHERE source_id = $1 AND owner_id = $2
    ORDER BY CASE WHEN kind = 'rejected' THEN 1 ELSE 0 END, confidence DESC, join_key";

const SET_KIND: &str = "
    UPDATE relations
    SET kind = $3, confidence = CASE WHEN $3 = 'confirmed' THEN 1.0 ELSE found_confidence END
    WHERE id = $1 AND owner_id = $2";

const SOURCE_OF: &str = "SELECT source_id FROM relations WHERE id = $1 AND owner_id = $2";

const CONFIRM: &str = "
    INSERT INTO relations (id, owner_id, source_id, join_key, kind, confidence, found_confidence, document)
    VALUES ($1, $2, $3, $4, 'confirmed', 1.0, 1.0, $5)
    ON CONFLICT (source_id, join_key) DO UPDATE SET kind = 'confirmed', confidence = 1.0";

/// Names the joined columns, whichever way round the relation and whatever the order of its columns: two relations
/// with the same key make the same join.
fn join_key(relation: &Relation) -> Result<String, sqlx::Error> {
    type End<'a> = (&'a TableRef, &'a str);
    let mut pairs: Vec<(End<'_>, End<'_>)> = relation
        .from_columns
        .iter()
        .zip(&relation.to_columns)
        .map(|(from, to)| ((&relation.from_table, from.as_str()), (&relation.to_table, to.as_str())))
        .collect();
    pairs.sort();
    let mut turned: Vec<_> = pairs.iter().map(|&(from, to)| (to, from)).collect();
    turned.sort();
    json(&pairs.min(turned))
}

/// A relation as it stands written.
struct Written {
    id: String,
    confidence: f64,
    document: String,
}

fn read_written(row: &DbRow) -> Result<Written, sqlx::Error> {
    Ok(Written { id: row.try_get("id")?, confidence: row.try_get("confidence")?, document: row.try_get("document")? })
}

fn read_relation(row: &DbRow) -> Result<Relation, sqlx::Error> {
    let found: Relation = get_json(row, "document")?;
    let (kind, confidence) = (get_code(row, "kind")?, row.try_get("confidence")?);
    Ok(Relation { kind, confidence, tier: RelationTier::of(kind, confidence), ..found })
}

async fn create_unless_known(
    connection: &mut DbConnection,
    caller: Caller,
    source: DataSourceId,
    relation: &Relation,
) -> Result<(), sqlx::Error> {
    sqlx::query(CREATE_UNLESS_KNOWN)
        .bind(relation.id.to_string())
        .bind(caller.user_id.to_string())
        .bind(source.to_string())
        .bind(join_key(relation)?)
        .bind(code(&relation.kind)?)
        .bind(relation.confidence)
        .bind(json(relation)?)
        .execute(connection)
        .await?;
    Ok(())
}

async fn move_relation(connection: &mut DbConnection, relation: &Relation) -> Result<(), sqlx::Error> {
    let (id, key, document) = (relation.id.to_string(), join_key(relation)?, json(relation)?);
    let moved = sqlx::query(MOVE).bind(&id).bind(&key).bind(&document).execute(&mut *connection).await?;
    if moved.rows_affected() == 0 {
        sqlx::query(DELETE_ONE).bind(&id).execute(connection).await?;
    }
    Ok(())
}

#[async_trait]
impl Relations for Metadata {
    async fn replace_relations(
        &self,
        caller: Caller,
        source: DataSourceId,
        found: &[Relation],
    ) -> Result<(), StoreError> {
        let failed = |error| self.failed("write to", error);
        let mut tx = self.write_to_source(caller, source).await?;
        let rows = sqlx::query(FOUND).bind(source.to_string()).fetch_all(&mut *tx).await;
        let mut before: HashMap<String, Written> =
            self.read_rows(rows, |row| Ok((row.try_get("join_key")?, read_written(row)?)))?.into_iter().collect();
        // Of several over the same columns the surest stays, a declared one first.
        let mut surest_first: Vec<&Relation> = found.iter().collect();
        surest_first.sort_by(|a, b| {
            let inferred = |r: &Relation| r.kind == RelationKind::Inferred;
            inferred(a).cmp(&inferred(b)).then(b.confidence.total_cmp(&a.confidence))
        });
        // Of thousands of relations few differ from those that stand: only these are written.
        let mut seen = HashSet::new();
        let mut new = Vec::new();
        for relation in surest_first {
            let key = join_key(relation).map_err(failed)?;
            if seen.contains(&key) {
                continue;
            }
            let document = json(relation).map_err(failed)?;
            let stands = |w: &Written| w.document == document && w.confidence.total_cmp(&relation.confidence).is_eq();
            if !before.get(&key).is_some_and(stands) {
                new.push(relation);
            } else {
                before.remove(&key);
            }
            seen.insert(key);
        }
        for gone in before.values() {
            sqlx::query(DELETE_ONE).bind(&gone.id).execute(&mut *tx).await.map_err(failed)?;
        }
        for relation in new {
            create_unless_known(&mut tx, caller, source, relation).await.map_err(failed)?;
        }
        self.commit(tx).await
    }

    async fn move_relations(
        &self,
        caller: Caller,
        source: DataSourceId,
        renamed: &HashMap<TableRef, TableRef>,
    ) -> Result<(), StoreError> {
        let now: HashMap<&TableRef, &TableRef> = renamed.iter().map(|(new, old)| (old, new)).collect();
        let mut tx = self.write_to_source(caller, source).await?;
        let rows =
            sqlx::query(LIST).bind(source.to_string()).bind(caller.user_id.to_string()).fetch_all(&mut *tx).await;
        for mut relation in self.read_rows(rows, read_relation)? {
            let ends = (now.get(&relation.from_table), now.get(&relation.to_table));
            if ends == (None, None) {
                continue;
            }
            relation.from_table = ends.0.map_or(relation.from_table, |table| (*table).clone());
            relation.to_table = ends.1.map_or(relation.to_table, |table| (*table).clone());
            move_relation(&mut tx, &relation).await.map_err(|error| self.failed("write to", error))?;
        }
        self.commit(tx).await
    }

    async fn list_relations(&self, caller: Caller, source: DataSourceId) -> Result<Vec<Relation>, StoreError> {
        let rows =
            sqlx::query(LIST).bind(source.to_string()).bind(caller.user_id.to_string()).fetch_all(self.readers()).await;
        self.read_rows(rows, read_relation)
    }

    async fn set_relation_kind(&self, caller: Caller, id: RelationId, kind: RelationKind) -> Result<bool, StoreError> {
        let kind = code(&kind).map_err(|error| self.failed("write to", error))?;
        let mut tx = self.write().await?;
        let source: Option<String> = sqlx::query_scalar(SOURCE_OF)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| self.failed("read", error))?;
        let Some(source) = source else { return Ok(false) };
        sqlx::query(SET_KIND)
            .bind(id.to_string())
            .bind(caller.user_id.to_string())
            .bind(kind)
            .execute(&mut *tx)
            .await
            .map_err(|error| self.failed("write to", error))?;
        self.raise_knowledge(&mut tx, &source).await?;
        self.commit(tx).await?;
        Ok(true)
    }

    async fn confirm_relation(&self, caller: Caller, relation: &Relation) -> Result<(), StoreError> {
        let failed = |error| self.failed("write to", error);
        let mut tx = self.write_to_source(caller, relation.source_id).await?;
        sqlx::query(CONFIRM)
            .bind(relation.id.to_string())
            .bind(caller.user_id.to_string())
            .bind(relation.source_id.to_string())
            .bind(join_key(relation).map_err(failed)?)
            .bind(json(relation).map_err(failed)?)
            .execute(&mut *tx)
            .await
            .map_err(failed)?;
        self.raise_knowledge(&mut tx, &relation.source_id.to_string()).await?;
        self.commit(tx).await
    }
}
