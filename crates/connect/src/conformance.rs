//! What every connector must do, run over every connector against the real engine.
