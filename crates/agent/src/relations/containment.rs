//! Part of relation discovery; being written by the lead.
