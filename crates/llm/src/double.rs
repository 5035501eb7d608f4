//! Stand-ins for language models: one in process, one that speaks the providers' protocols over a socket.

mod exchange;
mod proxy;
mod render;
mod reply;
mod request;
mod scripted;
mod server;

pub use proxy::ProxyDouble;
pub use reply::{DoubleReply, Fault};
pub use request::{DoubleRequest, Spoken};
pub use scripted::ScriptedModel;
pub use server::{ProviderDouble, Script};
