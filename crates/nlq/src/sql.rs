//! A plan as one SELECT statement. Only ordinary functions are used, so that any guard can allow-list them.

mod dates;

use crate::plan::{
    Aggregate, ColumnUse, Comparison, Expr, ExpressionPart, JoinKind, Literal, Operand, OrderItem, Plan, Predicate,
    SetOperator, Source,
};
use datafyme_domain::{ColumnType, Dialect};

/// `plan` in `dialect`, on one line per clause.
pub(crate) fn render(plan: &Plan, dialect: Dialect) -> String {
    let mut writer = Writer { dialect, taken: Vec::new() };
    writer.statement(plan, "\n", false)
}

/// Aliases of one SELECT: by source position; empty where columns stand alone.
type Aliases = Vec<String>;

struct Writer {
    dialect: Dialect,
    taken: Vec<String>,
}

impl Writer {
    /// `correlated`: columns of this SELECT are always qualified, since an outer query's are in scope too.
    fn statement(&mut self, plan: &Plan, separator: &str, correlated: bool) -> String {
        let aliases = self.aliases(plan, correlated);
        let mut text = self.select(plan, &aliases, separator, None);
        if let Some(compound) = &plan.compound {
            let operator = match compound.operator {
                SetOperator::Union => "UNION",
                SetOperator::Intersect => "INTERSECT",
                SetOperator::Except => "EXCEPT",
            };
            let other = self.statement(&compound.plan, separator, false);
            text = format!("{text}{separator}{operator}{separator}{other}");
        }
        text
    }

    fn select(&mut self, plan: &Plan, aliases: &Aliases, sep: &str, fixed_list: Option<&str>) -> String {
        let list = fixed_list.map_or_else(|| self.select_list(plan, aliases), str::to_owned);
        let distinct = if plan.distinct { "DISTINCT " } else { "" };
        let mut text = format!("SELECT {distinct}{list}{sep}FROM {}", self.from(plan, aliases, sep));
        if !plan.filters.is_empty() {
            let conditions = self.conjunction(&plan.filters, aliases);
            text.push_str(&format!("{sep}WHERE {conditions}"));
        }
        if !plan.group.is_empty() {
            let keys: Vec<String> = plan.group.iter().map(|e| self.expr(e, aliases)).collect();
            text.push_str(&format!("{sep}GROUP BY {}", keys.join(", ")));
        }
        if !plan.having.is_empty() {
            let conditions = self.conjunction(&plan.having, aliases);
            text.push_str(&format!("{sep}HAVING {conditions}"));
        }
        if !plan.order.is_empty() {
            let keys: Vec<String> = plan.order.iter().map(|o| self.order_item(o, aliases)).collect();
            text.push_str(&format!("{sep}ORDER BY {}", keys.join(", ")));
        }
        if let Some(limit) = plan.limit {
            text.push_str(&format!("{sep}LIMIT {limit}"));
            if let Some(offset) = plan.offset {
                text.push_str(&format!(" OFFSET {offset}"));
            }
        }
        text
    }

    fn select_list(&mut self, plan: &Plan, aliases: &Aliases) -> String {
        let mut items = Vec::with_capacity(plan.select.len());
        for item in &plan.select {
            let expr = self.expr(&item.expr, aliases);
            let same = matches!(&item.expr, Expr::Column(c) if c.column == item.label);
            if same || matches!(item.expr, Expr::Everything) || item.label.is_empty() {
                items.push(expr);
            } else {
                items.push(format!("{expr} AS {}", self.dialect.quote_if_needed(&item.label)));
            }
        }
        if items.is_empty() { "*".to_owned() } else { items.join(", ") }
    }

    fn from(&mut self, plan: &Plan, aliases: &Aliases, sep: &str) -> String {
        let mut text = String::new();
        for (position, source) in plan.sources.iter().enumerate() {
            let table = self.source(source, aliases.get(position).map_or("", String::as_str));
            let Some(join) = position.checked_sub(1).and_then(|p| plan.joins.get(p)) else {
                text.push_str(&table);
                continue;
            };
            let word = match join.kind {
                JoinKind::Inner => "JOIN",
                JoinKind::Left => "LEFT JOIN",
            };
            let on: Vec<String> = join
                .on
                .iter()
                .map(|(l, r)| format!("{} = {}", self.column(l, aliases), self.column(r, aliases)))
                .collect();
            text.push_str(&format!("{sep}{word} {table} ON {}", on.join(" AND ")));
        }
        text
    }

    fn source(&self, source: &Source, alias: &str) -> String {
        if source.siblings.is_empty() {
            let table = source.table.to_sql(self.dialect);
            return if alias.is_empty() { table } else { format!("{table} AS {alias}") };
        }
        let columns: Vec<String> = source.sibling_columns.iter().map(|c| self.dialect.quote_if_needed(c)).collect();
        let label = self.dialect.quote_if_needed(&source.sibling_label);
        let parts: Vec<String> = source
            .siblings
            .iter()
            .map(|s| {
                format!(
                    "SELECT {} AS {label}, {} FROM {}",
                    self.dialect.literal(&s.label),
                    columns.join(", "),
                    s.table.to_sql(self.dialect)
                )
            })
            .collect();
        let alias = if alias.is_empty() { "stacked" } else { alias };
        format!("({}) AS {alias}", parts.join(" UNION ALL "))
    }

    fn aliases(&mut self, plan: &Plan, correlated: bool) -> Aliases {
        let needed = plan.sources.len() > 1
            || correlated
            || plan.filters.iter().any(|f| matches!(f, Predicate::Exists { .. }))
            || plan.sources.iter().any(|s| !s.siblings.is_empty());
        if !needed {
            return vec![String::new(); plan.sources.len()];
        }
        plan.sources.iter().map(|s| self.alias(&s.table.table)).collect()
    }

    /// Initials of the table's words; a number where that is taken or a word of SQL.
    fn alias(&mut self, table: &str) -> String {
        let initials: String = datafyme_domain::names::identifier_words(table)
            .iter()
            .filter_map(|w| w.chars().next())
            .filter(char::is_ascii_alphabetic)
            .take(3)
            .collect();
        let base = if initials.is_empty() { "t".to_owned() } else { initials };
        let mut alias = base.clone();
        let mut n = 2;
        while self.taken.contains(&alias) || self.dialect.quote_if_needed(&alias) != alias {
            alias = format!("{base}{n}");
            n += 1;
        }
        self.taken.push(alias.clone());
        alias
    }

    fn column(&self, column: &ColumnUse, aliases: &Aliases) -> String {
        let alias = aliases.get(column.source).map_or("", String::as_str);
        let Some(parts) = &column.expression else {
            return self.qualified(&column.column, alias);
        };
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                ExpressionPart::Text(text) => text.clone(),
                ExpressionPart::Column(name) => self.qualified(name, alias),
            })
            .collect();
        format!("({})", parts.concat())
    }

    fn qualified(&self, name: &str, alias: &str) -> String {
        let name = self.dialect.quote_if_needed(name);
        if alias.is_empty() { name } else { format!("{alias}.{name}") }
    }

    fn expr(&mut self, expr: &Expr, aliases: &Aliases) -> String {
        match expr {
            Expr::Column(c) => self.column(c, aliases),
            Expr::Everything => "*".to_owned(),
            Expr::CountRows => "count(*)".to_owned(),
            Expr::Aggregate { function, distinct, of } => self.aggregate(*function, *distinct, of, aliases),
            Expr::Period { grain, of } => dates::period(self.dialect, *grain, of, &self.column(of, aliases)),
            Expr::CountWhere { conditions } => {
                let conditions = self.conjunction(conditions, aliases);
                format!("sum(CASE WHEN {conditions} THEN 1 ELSE 0 END)")
            }
            Expr::SumWhere { of, conditions } => {
                let conditions = self.conjunction(conditions, aliases);
                format!("sum(CASE WHEN {conditions} THEN {} ELSE 0 END)", self.column(of, aliases))
            }
            Expr::Ratio { numerator, denominator, percent } => {
                let factor = if *percent { "100.0" } else { "1.0" };
                let numerator = self.expr(numerator, aliases);
                let denominator = self.expr(denominator, aliases);
                format!("{factor} * {numerator} / NULLIF({denominator}, 0)")
            }
            Expr::SumProduct { left, right } => {
                format!("sum({} * {})", self.column(left, aliases), self.column(right, aliases))
            }
            Expr::Difference { left, right } => {
                format!("{} - {}", self.expr(left, aliases), self.expr(right, aliases))
            }
            Expr::Scalar { plan } => format!("({})", self.statement(plan, " ", false)),
        }
    }

    fn aggregate(&self, function: Aggregate, distinct: bool, of: &ColumnUse, aliases: &Aliases) -> String {
        let name = match function {
            Aggregate::Count => "count",
            Aggregate::Sum => "sum",
            Aggregate::Avg => "avg",
            Aggregate::Min => "min",
            Aggregate::Max => "max",
        };
        let mut column = self.column(of, aliases);
        let adds = matches!(function, Aggregate::Sum | Aggregate::Avg);
        if adds && self.dialect == Dialect::Postgres && of.column_type == ColumnType::Text {
            column = format!("CAST({column} AS numeric)");
        }
        format!("{name}({}{column})", if distinct { "DISTINCT " } else { "" })
    }

    fn order_item(&mut self, item: &OrderItem, aliases: &Aliases) -> String {
        let expr = self.expr(&item.expr, aliases);
        if !item.descending {
            return expr;
        }
        let nullable = match &item.expr {
            Expr::Column(c) => c.nullable,
            Expr::Aggregate { function, of, .. } => *function != Aggregate::Count && of.nullable,
            Expr::Ratio { .. } => true,
            _ => false,
        };
        // PostgreSQL would put what is absent before the largest.
        let nulls = if nullable && self.dialect == Dialect::Postgres { " NULLS LAST" } else { "" };
        format!("{expr} DESC{nulls}")
    }

    fn conjunction(&mut self, predicates: &[Predicate], aliases: &Aliases) -> String {
        let parts: Vec<String> = predicates
            .iter()
            .map(|p| {
                let text = self.predicate(p, aliases);
                match p {
                    Predicate::Any { .. } if predicates.len() > 1 => format!("({text})"),
                    _ => text,
                }
            })
            .collect();
        parts.join(" AND ")
    }

    fn predicate(&mut self, predicate: &Predicate, aliases: &Aliases) -> String {
        match predicate {
            Predicate::Compare { left, op, right } => self.compare(left, *op, right, aliases),
            Predicate::Between { left, low, high } => {
                let low = self.literal(low, left);
                let high = self.literal(high, left);
                format!("{} BETWEEN {low} AND {high}", self.comparable(left, aliases))
            }
            Predicate::Like { left, pattern, negated } => {
                let not = if *negated { "NOT " } else { "" };
                let like = match self.dialect {
                    Dialect::Sqlite => "LIKE",
                    Dialect::Postgres => "ILIKE",
                };
                let mut column = self.expr(left, aliases);
                if let (Dialect::Postgres, Expr::Column(c)) = (self.dialect, left)
                    && c.column_type != ColumnType::Text
                {
                    column = format!("CAST({column} AS text)");
                }
                format!("{column} {not}{like} {}", self.dialect.literal(pattern))
            }
            Predicate::IsNull { left, negated } => {
                let not = if *negated { "NOT " } else { "" };
                format!("{} IS {not}NULL", self.expr(left, aliases))
            }
            Predicate::Exists { negated, on, inner, .. } => self.exists(*negated, on, inner, aliases),
            Predicate::Extreme { left, within, plan, .. } => {
                let row: Vec<String> = within.iter().chain([left]).map(|c| self.column(c, aliases)).collect();
                format!("({}) IN ({})", row.join(", "), self.statement(plan, " ", false))
            }
            Predicate::Within { left, plan, negated } => {
                let not = if *negated { "NOT " } else { "" };
                let inner = self.statement(plan, " ", false);
                format!("{} {not}IN ({inner})", self.column(left, aliases))
            }
            Predicate::Any { of } => {
                let parts: Vec<String> = of.iter().map(|p| self.predicate(p, aliases)).collect();
                parts.join(" OR ")
            }
            Predicate::All { of } => self.conjunction(of, aliases),
        }
    }

    fn compare(&mut self, left: &Expr, op: Comparison, right: &Operand, aliases: &Aliases) -> String {
        let right = match right {
            Operand::Literal { value } => self.literal(value, left),
            Operand::Plan { plan } => format!("({})", self.statement(plan, " ", false)),
            Operand::Expr { expr } => self.expr(expr, aliases),
        };
        format!("{} {} {right}", self.comparable(left, aliases), op.symbol())
    }

    /// The left side in a form that compares with ISO dates where it is text in another format.
    fn comparable(&mut self, left: &Expr, aliases: &Aliases) -> String {
        match left {
            Expr::Column(c) => dates::comparable(c, self.column(c, aliases)),
            other => self.expr(other, aliases),
        }
    }

    fn exists(&mut self, negated: bool, on: &[(ColumnUse, ColumnUse)], inner: &Plan, aliases: &Aliases) -> String {
        let inner_aliases = self.aliases(inner, true);
        let mut text = self.select(inner, &inner_aliases, " ", Some("1"));
        let links: Vec<String> = on
            .iter()
            .map(|(outer, own)| format!("{} = {}", self.column(own, &inner_aliases), self.column(outer, aliases)))
            .collect();
        let links = links.join(" AND ");
        if inner.group.is_empty() {
            text.push_str(if inner.filters.is_empty() { " WHERE " } else { " AND " });
            text.push_str(&links);
        }
        format!("{}EXISTS ({text})", if negated { "NOT " } else { "" })
    }

    fn literal(&self, literal: &Literal, left: &Expr) -> String {
        match literal {
            Literal::Text(text) => self.dialect.literal(text),
            Literal::Number(number) => number.clone(),
            Literal::Bool(value) => match self.dialect {
                Dialect::Sqlite => u8::from(*value).to_string(),
                Dialect::Postgres => value.to_string(),
            },
            Literal::Date(day) => match left {
                Expr::Column(c) if c.column_type.is_numeric() => day.format("%Y").to_string(),
                _ => format!("'{day}'"),
            },
        }
    }
}
