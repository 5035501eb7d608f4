//! Fitting: boosted trees and softmaxes. Deterministic: the same rows and seed give the same model.

pub(crate) mod boost;
pub(crate) mod loglinear;
pub(crate) mod regress;
