use datafyme_domain::ErrorKind;

/// Why something could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The spec names a column that the rows do not have.
    #[error("the chart uses column {position}, but the result has {columns} columns; choose the chart again")]
    NoSuchColumn {
        /// Position in the spec.
        position: usize,
        /// Columns in the rows.
        columns: usize,
    },
    /// An encoding that the kind needs is absent.
    #[error("the {kind} chart lacks {missing}; choose the chart again")]
    Incomplete {
        /// Kind of the chart.
        kind: &'static str,
        /// What it lacks.
        missing: &'static str,
    },
    /// The writer refused.
    #[error("cannot write the rows: {0}; check the space and the rights of the target")]
    Write(#[from] std::io::Error),
}

impl RenderError {
    /// Kind of the failure.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchColumn { .. } | Self::Incomplete { .. } => ErrorKind::InvalidInput,
            Self::Write(_) => ErrorKind::ResourceExhausted,
        }
    }

    /// Whether the same call may succeed later without a change by the user.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.kind().is_retryable()
    }
}
