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
pub mod productierapport;
pub mod register;
#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the export of hits is the first to use all forms")
)]
pub mod tabel;
pub mod telling;
pub mod verantwoording;
