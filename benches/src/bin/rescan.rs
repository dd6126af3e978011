//! A rescan of 100,000 unchanged files against `find -printf '%p %s %T@'` on the same tree, in turn, warm.
//!
//! `cargo run --release -p zv-benches --bin rescan [FILES] [ROUNDS]`

use anyhow::{Result, ensure};
use std::fs;
use std::process::Command;
use zv_benches::{program, run};

fn main() -> Result<()> {
    let number = |at: usize, default: usize| {
        std::env::args()
            .nth(at)
            .and_then(|n| n.parse().ok())
            .unwrap_or(default)
    };
    let (files, rounds) = (number(1, 100_000), number(2, 5));
    let work = tempfile::tempdir()?;
    let (tree, state) = (work.path().join("schijf"), work.path().join("staat"));
    for at in 0..files {
        let folder = tree.join(format!("map-{:04}", at / 100));
        if at % 100 == 0 {
            fs::create_dir_all(&folder)?;
        }
        fs::write(
            folder.join(format!("stuk-{at:06}.txt")),
            format!("Stuk {at} over de vergunning van Waterveen."),
        )?;
    }
    let program = program()?;
    let index = || {
        let mut command = Command::new(&program);
        command
            .arg("--staat")
            .arg(&state)
            .args(["index", "--json"])
            .arg(&tree);
        command
    };
    let first = run(&mut index())?;
    println!(
        "first run: {:.1} s, {:.0} files/s, {:.0} MiB anonymous",
        first.seconds,
        files as f64 / first.seconds,
        first.anonymous_mib
    );
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let find = run(Command::new("find")
            .arg(&tree)
            .args(["-printf", "%p %s %T@\n"]))?;
        let rescan = run(&mut index())?;
        let account: serde_json::Value = serde_json::from_str(&rescan.output)?;
        ensure!(
            account["ongewijzigd"] == files,
            "not everything was unchanged: {account}"
        );
        println!(
            "rescan {:.2} s, {:.0} MiB anonymous; find {:.2} s",
            rescan.seconds, rescan.anonymous_mib, find.seconds
        );
        ratios.push(rescan.seconds / find.seconds);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "rescan / find (min, median, max): {:.2} {:.2} {:.2}",
        ratios[0],
        ratios[ratios.len() / 2],
        ratios[ratios.len() - 1]
    );
    Ok(())
}
