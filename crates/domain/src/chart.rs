//! Declarative charts: what to draw, not how.

use serde::{Deserialize, Serialize};

/// A chart over a row set. Encodings name columns by position in the row set, since labels may repeat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChartSpec {
    /// Which chart.
    pub kind: ChartKind,
    /// Heading.
    pub title: String,
    /// Category or horizontal axis: the column's position. For a histogram, the measured column.
    pub x: usize,
    /// Value columns: one for most kinds; several make several series (line, mixed); the vertical axis of
    /// scatter and bubble. Empty for a histogram.
    #[serde(default)]
    pub y: Vec<usize>,
    /// Column whose values split the rows into series (stacked bar, line) .
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<usize>,
    /// Column of the bubbles' size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<usize>,
    /// For mixed charts, how each of `y` is drawn; same length as `y`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Title of the horizontal axis.
    pub x_title: String,
    /// Title of the (left) vertical axis.
    pub y_title: String,
    /// Title of the right vertical axis of a mixed chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y2_title: Option<String>,
    /// Format of the values on the vertical axis.
    #[serde(default)]
    pub number_format: NumberFormat,
    /// `strftime` pattern of the horizontal axis when it is temporal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_format: Option<String>,
    /// Bars lie down: for many or long category names.
    #[serde(default)]
    pub horizontal: bool,
}

/// The kinds of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// One bar per category.
    Bar,
    /// Bars cut by a second category.
    StackedBar,
    /// One or several lines over time or another ordered axis.
    Line,
    /// Shares of a whole.
    Pie,
    /// Two measures against each other.
    Scatter,
    /// Two measures and a size.
    Bubble,
    /// Distribution of one measure, binned.
    Histogram,
    /// Bars and lines over one axis, with a second vertical axis where the scales differ.
    Mixed,
}

impl ChartKind {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Bar, Self::StackedBar, Self::Line, Self::Pie, Self::Scatter, Self::Bubble, Self::Histogram, Self::Mixed];

    /// Stable code, as stored and served.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::StackedBar => "stacked_bar",
            Self::Line => "line",
            Self::Pie => "pie",
            Self::Scatter => "scatter",
            Self::Bubble => "bubble",
            Self::Histogram => "histogram",
            Self::Mixed => "mixed",
        }
    }
}

/// How one series of a mixed chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Bars, on the left axis.
    Bar,
    /// A line, on the right axis.
    Line,
    /// Points, on the right axis.
    Point,
}

/// How numbers read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberFormat {
    /// Grouped, as many decimals as the values have (two at most).
    #[default]
    Plain,
    /// Shortened: 1.2k, 3.4M.
    Compact,
    /// A share of 1 as per cent.
    Percent,
    /// No grouping: years and codes.
    Raw,
}
