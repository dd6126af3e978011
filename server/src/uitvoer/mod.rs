//! What leaves Zoek & Vind as a table: the forms of a table, the grounds and judgements that stand in it, and the
//! lists that other parties receive. Never searches, never decides what belongs in a list.

pub mod gronden;
pub mod inventaris;
pub mod productierapport;
pub mod tabel;
