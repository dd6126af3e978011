//! The engine on a cluster of OpenSearch, for who outgrows one machine: the same terms, the same hits. Owns what the cluster stores
//! and what it is asked; what is no exact answer is an error. Never knows drives or people.
//!
//! | file | owns |
//! |---|---|
//! | `http` | requests to the nodes |
//! | `template` | the fields of the index and the generation |
//! | `positions` | a text as our terms, position by position |
//! | `entry` | what is stored of a document |
//! | `engine`, `generations` | the index of an installation, and which generation is searched |
//! | `lease` | who writes what |
//! | `health` | how it goes with the nodes |
//! | `writer`, `bulk`, `stand`, `forget` | writing, what is refused, commits, and letting go of what was deleted |
//! | `relations` | how documents belong together, for the indexer |
//! | `reader`, `state` | which states there are, and asking one |
//! | `snapshot` | what a state answers |
//! | `compile`, `spans` | from a plan to queries |
//! | `verify` | what takes too many of them, from the texts |
//! | `scope` | the part that somebody may see |
//! | `count`, `collapse`, `cursor`, `overlap`, `words` | totals and facets, what is shown once, places in a list, shares, words |

mod bulk;
mod collapse;
mod compile;
mod count;
mod cursor;
mod engine;
mod entry;
mod forget;
mod generations;
mod health;
mod http;
mod lease;
mod overlap;
mod positions;
mod reader;
mod relations;
mod scope;
mod snapshot;
mod spans;
mod stand;
mod state;
mod template;
mod verify;
mod words;
mod writer;

pub use engine::Cluster;
pub use http::{Answer, Login, Nodes};
pub use positions::Positions;
pub use reader::Reader;
pub use writer::Writer;
