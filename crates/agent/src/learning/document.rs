//! Phase three: what each table means, kept table by table.

use super::Learning;
use crate::{
    AgentError,
    analyst::{Ledger, Opinion, TableSubject, WrittenDocumentation},
};
use datafyme_domain::{Catalog, ColumnDocumentation, Table, TableDocumentation, TableRef};
use datafyme_nlq::{CatalogIndex, Knowledge};
use std::{collections::HashSet, sync::Arc};

impl Learning<'_> {
    pub(super) async fn document(&self, catalog: &Catalog) -> Result<(), AgentError> {
        let metadata = &self.agent.inner.parts.metadata;
        let written = metadata.documentation(self.caller, self.source.id).await?;
        let fresh: HashSet<TableRef> =
            written.into_iter().filter(|d| d.generated_at >= self.since).map(|d| d.table).collect();
        let index = Arc::new(index(catalog));
        for table in &catalog.tables {
            if fresh.contains(&table.name) {
                self.progress.skip();
                continue;
            }
            self.progress.begin(&table.name.to_string());
            let documentation = self.documentation_of(table, catalog, &index).await;
            metadata.put_documentation(self.caller, &documentation).await?;
            self.progress.step();
        }
        let keep: Vec<TableRef> = catalog.tables.iter().map(|t| t.name.clone()).collect();
        Ok(metadata.prune_documentation(self.caller, self.source.id, &keep).await?)
    }

    /// What the analyst writes of a table; where it cannot, that it could not.
    async fn documentation_of(
        &self,
        table: &Table,
        catalog: &Catalog,
        index: &Arc<CatalogIndex>,
    ) -> TableDocumentation {
        let parts = &self.agent.inner.parts;
        let ledger = Ledger::default();
        let today = parts.clock.now().date_naive();
        let subject = TableSubject { table, catalog, relations: &[], index, today, ledger: &ledger };
        let mut written = match parts.analyst.document_table(&subject).await {
            Ok(Opinion::Given(written)) => written,
            Ok(Opinion::Abstained(why)) => failed(&why.reason),
            Err(error) => failed(&error.to_string()),
        };
        if let Some(error) = self.unprofiled.get(&table.name) {
            let note = format!(" Its values could not be looked at: {error}.");
            written.technical_description.push_str(&note);
        }
        TableDocumentation {
            source_id: self.source.id,
            table: table.name.clone(),
            business_description: written.business_description,
            technical_description: written.technical_description,
            columns: written
                .columns
                .into_iter()
                .map(|c| ColumnDocumentation { column: c.column, description: c.description, synonyms: c.synonyms })
                .collect(),
            use_cases: written.use_cases,
            common_questions: written.common_questions,
            synonyms: written.synonyms,
            generated_at: parts.clock.now(),
        }
    }
}

fn failed(why: &str) -> WrittenDocumentation {
    WrittenDocumentation {
        technical_description: format!("No documentation could be written: {why}."),
        ..WrittenDocumentation::default()
    }
}

fn index(catalog: &Catalog) -> CatalogIndex {
    CatalogIndex::build(Knowledge { catalog, relations: &[], documentation: &[] })
}
