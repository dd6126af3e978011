//! Zoek & Vind: one program that indexes archives, answers questions on the command line and serves the web
//! pages and the API. This file only starts it; what each subcommand does stands in `cli`.

mod api;
mod cli;
mod demo;
mod http;
mod model;
mod problem;
mod runs;
mod search;
mod state;
mod store;
mod web;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
