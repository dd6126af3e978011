//! Zoek & Vind: one program that indexes archives, answers questions on the command line and serves the web
//! pages and the API. This file only starts it; what each subcommand does stands in `cli`.

mod api;
mod audit;
mod cli;
mod deel;
mod demo;
mod generaties;
mod http;
mod inlezen;
mod mensen;
mod model;
mod motor;
mod onderhoud;
mod ophalen;
mod problem;
mod proefscan;
mod reservekopie;
mod rooster;
mod runs;
mod schijf;
mod search;
mod settings;
mod spoor;
mod state;
mod store;
mod talk;
mod toegang;
mod uitgaand;
mod uitvoer;
mod unreadable;
mod verwijderen;
mod web;
mod why;
mod zaken;

use std::process::ExitCode;

/// A run of millions of documents allocates on many threads at once: glibc's arenas then keep twice what is in
/// use (seen: 145 MiB held for a peak of 68 MiB).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    cli::run()
}
