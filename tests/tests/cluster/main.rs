//! As a beheerder I outgrow one machine: I move the index to a cluster and back, let two machines read sources into it, lose
//! nodes and cables while others search and export, and at no moment does anybody miss a document without being told.
//!
//! | file | owns |
//! |---|---|
//! | `verhuizing` | to the cluster and back |
//! | `machines` | two machines that read sources, one of which falls away |
//! | `uitval` | a node that dies, and a network that is cut |
//! | `huis` | installations on the nodes of the tests |
//!
//! `tests/cluster/proef` starts the nodes and runs this; without `ZOEKENVIND_CLUSTER` these tests fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on must stop, with the place"
)]

mod huis;
mod machines;
mod uitval;
mod verhuizing;
