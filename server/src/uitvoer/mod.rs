//! What leaves Zoek & Vind: tables in their forms, the lists that other parties receive, and the account of a case.
//! Never searches, never decides what belongs in a list.
//!
//! | file | owns |
//! |---|---|
//! | `tabel` | the forms of a table |
//! | `gronden` | the grounds and judgements |
//! | `productierapport`, `inventaris` | the lists that other parties receive |
//! | `verantwoording` | the account of a case |
//! | `bundel` | the account with its tables in one ZIP file |
//! | `telling` | the counts of schifting and beoordeling |
//! | `register` | the record of what left the program |

pub mod bundel;
//! What leaves Zoek & Vind: the forms of a table, the grounds and judgements that stand in it, the lists that other
//! parties receive, and packages of originals. Never searches, never decides what belongs in a list.
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
//! | `pakket` | originals in a ZIP |
//! | `bestand` | the file of an export, its hash and its record |

pub mod bestand;
pub mod gronden;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the export of hits is the first to use it")
)]
pub mod inventaris;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the export of hits is the first to use it")
)]
pub mod lijst;
pub mod oordelen;
pub mod pakket;
pub mod productierapport;
pub mod register;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the export of hits is the first to use all forms")
)]
pub mod tabel;
pub mod telling;
pub mod verantwoording;
pub mod termen;
pub mod verzameling;
