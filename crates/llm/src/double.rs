//! Stand-ins for language models: one in process, one that speaks the providers' protocols over a socket.

mod scripted;

pub use scripted::ScriptedModel;
