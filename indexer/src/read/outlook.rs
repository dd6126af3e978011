//! Items of Outlook: messages, appointments, contacts, tasks and notes. Owns what their properties (MAPI) mean,
//! in files of their own (`msg`) and packed for the road (`winmail.dat`). Never decrypts, never follows a link.

mod attach;
mod fields;
mod lzfu;
pub(super) mod message;
mod msg;
pub(super) mod props;
pub(super) mod store;
#[cfg(test)]
mod tests;
mod tnef;

pub use msg::read_msg;
pub use tnef::read_tnef;
