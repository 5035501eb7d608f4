//! The classifier: three logistic regressions, for pairs with names and values, names alone and values alone.
//!
//! Their weights are a file made by `make train-relations`; [`super::training`] fits them.

use super::{assign::Least, features::Features};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::LazyLock};

static SHIPPED: LazyLock<Classifier> =
    LazyLock::new(|| serde_json::from_str(include_str!("weights.json")).unwrap_or_default());

/// What is known of a pair, which decides who judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Known {
    /// Names that tell something, and values on both sides.
    NamesAndValues,
    /// No values on one side.
    Names,
    /// A schema whose names tell nothing.
    Values,
}

/// What values alone ask for, as a share of the threshold. Out of fold F1 is best there between 0.2 and 0.3.
const VALUES_ALONE: f64 = 0.625;
/// What names and values ask for, as a share of the threshold, where the tables are joined by way of others.
const AROUND: f64 = 1.25;

impl Known {
    /// Least confidence of a relation, where `threshold` is asked of pairs with telling names.
    #[must_use]
    pub fn least(self, threshold: f64) -> Least {
        let always = Least::always(threshold);
        match self {
            Self::NamesAndValues => Least { around: threshold * AROUND, ..always },
            Self::Names => always,
            // Values alone seldom tell a second role from a figure.
            Self::Values => Least { again: threshold, ..Least::always(threshold * VALUES_ALONE) },
        }
    }
}

/// A logistic regression over named features.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Regression {
    /// Log-odds without any feature.
    pub bias: f64,
    /// Log-odds that one unit of a feature adds.
    pub weights: BTreeMap<String, f64>,
}

impl Regression {
    /// Probability that the pair is a relation, 0 to 1.
    #[must_use]
    pub fn probability(&self, features: &Features) -> f64 {
        let z: f64 = features.iter().filter_map(|(name, value)| Some(value * self.weights.get(name)?)).sum();
        1.0 / (1.0 + (-(z + self.bias)).exp())
    }
}

/// The three regressions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Classifier {
    /// For names and values.
    pub names_and_values: Regression,
    /// For names alone.
    pub names: Regression,
    /// For values alone.
    pub values: Regression,
}

impl Classifier {
    /// The weights that come with this version.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The regression for what is known.
    #[must_use]
    pub const fn of(&self, known: Known) -> &Regression {
        match known {
            Known::NamesAndValues => &self.names_and_values,
            Known::Names => &self.names,
            Known::Values => &self.values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_weights_are_read_and_none_is_idle() {
        let shipped = Classifier::shipped();
        for known in [Known::NamesAndValues, Known::Names, Known::Values] {
            let regression = shipped.of(known);
            assert!(regression.weights.len() >= 30, "{known:?}");
            assert!(regression.weights.values().all(|w| w.is_finite() && w.abs() < 20.0), "{known:?}");
        }
    }
}
