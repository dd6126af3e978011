//! From a source to the index: walk, recognise, read, families, enrich, write, and an account of every file.
//! Never answers queries.
//!
//! | file | owns |
//! |---|---|
//! | `run` | one index run from a folder to the index |
//! | `proefscan` | what a run would find, without reading |
//! | `voorbeeld` | the first rows of the list of an export |
//! | `rebuild` | a new generation of the index, without the source |
//! | `dms` | descriptions in exports of document systems |
//! | `walk` | listing folders, several at once |
//! | `read` | foreign formats, only inside a reader process |
//! | `worker` | the reader processes |
//! | `family` | the documents of one file and everything inside it |
//! | `around` | what lies around the bytes of a file |
//! | `enrich` | title, people, dates, language and kind of a document |
//! | `fetch` | what has to be fetched before a source can be read |
//! | `orders` | what people decided: what is held, what never comes back |
//! | `account` | the outcome of every file, counted and stored |
//! | `progress` | how far a run is |
//! | `source` | which folder is which bron |
//! | `settings` | limits, rules and speeds |
//! | `lock` | one run at a time |
//! | `rights` | who may see a file, as the drive says it |
//! | `beneath` | opening files below a root and nowhere else |
//! | `original` | the bytes of a document for a download |
//! | `sidecar` | metadata that lies beside a file |

pub mod account;
mod around;
mod beneath;
pub mod dms;
pub mod enrich;
mod family;
pub mod fetch;
pub mod lock;
pub mod ocr;
pub mod orders;
pub mod original;
pub mod proefscan;
pub mod progress;
pub mod read;
pub mod rebuild;
mod relate;
mod rights;
pub mod run;
pub mod settings;
pub mod sidecar;
pub mod source;
pub mod voorbeeld;
pub mod walk;
pub mod worker;
