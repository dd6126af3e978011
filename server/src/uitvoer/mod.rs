//! What leaves Zoek & Vind: the forms of a table, the grounds and judgements that stand in it, the lists that other
//! parties receive, packages of originals, and the account of a case. Never searches, never decides what belongs in a
//! list.
//!
//! | file | owns |
//! |---|---|
//! | `tabel` | CSV, XLSX and ODS as streams |
//! | `gronden` | the closed list of grounds, and the judgements |
//! | `verzameling` | the documents that an export is about |
//! | `oordelen` | what a case says of them |
//! | `lijst` | hit lists by profile |
//! | `productierapport`, `inventaris` | the rows of two of them |
//! | `termen` | a term report as a table |
//! | `verschillen` | what two rounds or zoekacties found differently, as a table |
//! | `pakket` | originals in a ZIP |
//! | `verantwoording` | the account of a case |
//! | `bundel` | the account with its tables in one ZIP file |
//! | `telling` | the counts of schifting and beoordeling |
//! | `bestand` | the file of an export and its hash |
//! | `bewaard` | what is kept of a case when it is closed |
//! | `register` | the record of what left the program |
//! | `spoor` | the audit trail as a file |

pub mod bestand;
mod bewaard;
pub mod bundel;
pub mod gronden;
pub mod inventaris;
pub mod lijst;
pub mod oordelen;
pub mod pakket;
pub mod productierapport;
pub mod register;
pub mod spoor;
pub mod tabel;
pub mod telling;
pub mod termen;
pub mod verantwoording;
pub mod verschillen;
pub mod verzameling;
